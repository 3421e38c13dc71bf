// The viewer that opened this window waits for it to close.
if (window.opener) window.close();
