import type { Plugin } from 'esbuild';

export declare function readModelFiles(base?: string): ReadonlyMap<string, string>;
export declare const modelPlugin: Plugin;
