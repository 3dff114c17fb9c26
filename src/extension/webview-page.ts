import { env, l10n, Uri, type Webview } from 'vscode';

/**
 * The document of one of our views, NAME.js and NAME.css of the folder `media`. It allows its own script and style, with
 * `images` pictures made by the script, and nothing else; no text of a patch is part of it. Our own texts come along in the
 * person's language, where there is one.
 */
export function webviewPage(
  webview: Webview,
  media: Uri,
  view: { readonly name: string; readonly title: string; readonly images?: boolean },
): string {
  const { name, title } = view;
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
  const file = (ending: string) => webview.asWebviewUri(Uri.joinPath(media, `${name}.${ending}`)).toString();
  const images = view.images ? '; img-src data:' : '';
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}${images}`;
  const { bundle } = l10n;
  const language = bundle && /^[\w-]+$/.test(env.language) ? env.language : 'en';
  // Data, which is not executed; nothing in it ends the element.
  const texts = JSON.stringify(bundle ?? {}).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('css')}">
<title>${title}</title>
</head>
<body>
<main id="${name}"></main>
<script id="texts" type="application/json">${texts}</script>
<script nonce="${nonce}" src="${file('js')}"></script>
</body>
</html>`;
}
