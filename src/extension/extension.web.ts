import type { ExtensionContext } from 'vscode';
import { activateOn } from './activate.ts';
import { webPlatform } from './platform.web.ts';

export const activate = (context: ExtensionContext): void => activateOn(webPlatform, context);
