package auth

import (
	"io"
	"net/http"
	"strconv"
)

// The pages that the browser shows at the end. They are fixed texts: they never
// repeat anything from a request.
var (
	pageDone    = page("Almost done", "linkbatch has received your sign-in. Go back to the terminal to see the result. You can close this tab.")
	pageRefused = page("Not signed in", "The sign-in service refused the sign-in. Go back to the terminal to see why and what to do. You can close this tab.")
	pageStray   = page("This is not the sign-in that linkbatch is waiting for", "It belongs to an earlier sign-in, or was opened twice. Finish in the tab that linkbatch opened last, or run linkbatch login again.")
	pageAgain   = page("Already done", "linkbatch has already received your sign-in. You can close this tab.")
	pageNothing = page("Nothing here", "linkbatch is waiting for a sign-in. Go back to the tab in which you are signing in.")
)

func page(title, text string) string {
	return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>` + title + ` - linkbatch</title>
<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;color:#222;background:#fafafa}@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}}</style></head>
<body><h1>` + title + `</h1><p>` + text + `</p></body>
</html>
`
}

// showPage writes a page that runs nothing, fetches nothing, is not cached, and does
// not pass on its address, which holds the code.
func showPage(w http.ResponseWriter, status int, page string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	io.WriteString(w, page) // that the browser is gone does not matter
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}
