package server

import (
	"bytes"
	"compress/gzip"
	"embed"
	"html/template"
	"mime"
	"net/http"
	"path"
	"strings"

	"arshjul/domain"
)

//go:embed static
var staticFiles embed.FS

// staticNames are the files that every page may ask for.
var staticNames = []string{"stil.css", "skript.js", "ikon.svg"}

// statics are those files, the same for all servers of the process.
var statics = func() map[string][]byte {
	all := map[string][]byte{}
	for _, name := range staticNames {
		data, err := staticFiles.ReadFile("static/" + name)
		if err != nil {
			panic(err) // the file is embedded under this name
		}
		all[name] = data
	}
	return all
}()

// pageFuncs are what templates can say.
var pageFuncs = template.FuncMap{
	"ikon": icon, "stor": upperFirst, "kort": tinyDay, "hash": shortHash, "storlek": kilobytes, "klockslag": clock, "tusental": grouped,
	"lista":   func(title string, rows any) map[string]any { return map[string]any{"Title": title, "Rows": rows} },
	"langdag": func(d domain.Date) string { return longDay(d, now().Date()) },
	"sedan":   func(to, from domain.Date) string { return span(from, to, to) },
}

// portal adds the pages' own files, and the pages of the wheel.
func (s *Server) portal(mux *router) {
	for _, name := range staticNames {
		mux.handle("GET /"+name, domain.ThingPlain, staticFile(name))
	}
	mux.handle("GET /arshjulet", domain.ThingRead, s.show(s.wheelPage))
}

func staticFile(name string) http.HandlerFunc {
	data, kind := statics[name], mime.TypeByExtension(path.Ext(name))
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "max-age=300")
		sendCompressed(w, r, http.StatusOK, data)
	}
}

// sendCompressed sends a page or a file, compressed when the browser can read that.
func sendCompressed(w http.ResponseWriter, r *http.Request, status int, data []byte) {
	w.Header().Add("Vary", "Accept-Encoding")
	if len(data) > 1000 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := z.Write(data)
		if closed := z.Close(); err == nil && closed == nil {
			w.Header().Set("Content-Encoding", "gzip")
			data = b.Bytes()
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(data) // who asked may be gone
}

// city is what the municipality is called: the end of the wheel's name, "Mål och ekonomi, Helsingborgs stad".
func (s *Server) city() string {
	if _, name, ok := strings.Cut(s.Wheel.Wheel.Name, ", "); ok {
		return name
	}
	return "kommun " + s.Kommun
}
