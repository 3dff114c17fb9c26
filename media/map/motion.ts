/** The person wants no motion, by the system's setting or the editor's. */
export const reducedMotion = (): boolean =>
  matchMedia('(prefers-reduced-motion: reduce)').matches || document.body.classList.contains('vscode-reduce-motion');
