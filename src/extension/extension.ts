import type { ExtensionContext } from 'vscode';
import { activateOn } from './activate.ts';
import { nodePlatform } from './platform.node.ts';

export const activate = (context: ExtensionContext): void => activateOn(nodePlatform, context);
