// Tells the viewer that framed this page what its token is: to its own origin only, never to anybody's.
const { message, origin } = document.currentScript.dataset;
if (origin && window.parent !== window) window.parent.postMessage(JSON.parse(message), origin);
