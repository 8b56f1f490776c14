package bench

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"arshjul/domain"
	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/store"
)

const (
	mostQueries = 8   // that a page may ask the database
	mostKB      = 100 // that the first page takes, with what it loads
	looks       = 100 // at each page
)

// BenchmarkPages measures every page with three open cycles, and how much more a page asks when cycles have closed.
func BenchmarkPages(b *testing.B) {
	r := newRig(b)
	stream, _ := r.launch(r.inAutumn(2028))
	r.launch(api.LaunchPlan{Year: 2027, From: domain.StageFollowUp})
	r.launch(api.LaunchPlan{Year: 2026, From: domain.StageClosing})
	title := "Pages with 3 open cycles, asked as the one who leads them"
	few := r.tellPages(title, r.Server, stream, nil)
	const closed = 6
	for n := range closed {
		ended := r.exercise(fmt.Sprint("closed-", n), 2028)
		_, err := r.client.As(launcher).Give(b.Context(), ended, api.Command{ID: "cancel", Kind: domain.CmdCancel, Text: "Prov (påhittat)"})
		r.must(err)
	}
	r.tellPages(fmt.Sprintf("Pages with 3 open cycles and %d closed", closed), r.Server, stream, few)
	b.ReportMetric(0, "ns/op")
}

// looked is what a page took.
type looked struct {
	took    latencies
	queries int64
	bytes   int
}

// tellPages measures every page that the server has. few is what was asked when there was less; nil = nothing to compare with.
func (r *rig) tellPages(title string, s *server.Server, stream string, few map[string]looked) map[string]looked {
	r.Helper()
	h, all := s.Handler(), map[string]looked{}
	var names []string
	for _, route := range s.Routes() {
		if path, ok := pageOf(route, stream); ok {
			names = append(names, path)
		}
	}
	slices.Sort(names)
	worst, most, grown := 0.0, int64(0), 0
	for _, path := range slices.Compact(names) {
		page, ok := r.look(h, path)
		if !ok {
			continue
		}
		for range looks {
			again, _ := r.look(h, path)
			page.took, page.queries = append(page.took, again.took...), again.queries // the first folds what others wrote
		}
		page.took = page.took[1:]
		all[path] = page
		judged := "yes"
		if page.queries > mostQueries {
			judged = "NO"
		}
		if was, ok := few[path]; ok && page.queries > was.queries {
			grown++
			judged = "NO"
		}
		worst, most = max(worst, page.took.ms(99)), max(most, page.queries)
		told.under(title, "\tp50\tp99\tqueries\tkB, packed\tmet", line{strings.ReplaceAll(path, stream, "…"), ms.write(page.took.ms(50)), ms.write(page.took.ms(99)),
			fmt.Sprint(page.queries), fmt.Sprintf("%.1f", float64(page.bytes)/1000), judged})
	}
	figure("Pages in all", title+": slowest p99", ms, worst, noAim)
	figure("Pages in all", "  most queries of one", whole, float64(most), atMost(whole, mostQueries))
	if few != nil {
		figure("Pages in all", "  pages that ask more than before", whole, float64(grown), atMost(whole, 0))
	}
	figure("Pages in all", "  the first page (/inkorg) with all that it loads, packed", kB, r.firstPage(h), atMost(kB, mostKB))
	return all
}

var wildcard = regexp.MustCompile(`\{([a-z0-9]+)(\.\.\.)?\}`)

// pageOf gives the address of a page of a cycle or an exercise, when the route is one that people look at.
func pageOf(route server.Route, stream string) (string, bool) {
	path, ok := strings.CutPrefix(route.Pattern, "GET ")
	if !ok || strings.HasPrefix(path, "/api/") || slices.Contains([]string{"/{$}", "/folj", "/besok"}, path) || strings.Contains(path, ".") && !strings.Contains(path, "...") {
		return "", false
	}
	parts := strings.Split(stream, "/")
	known := true
	path = wildcard.ReplaceAllStringFunc(path, func(w string) string {
		switch wildcard.FindStringSubmatch(w)[1] {
		case "kommun":
			return parts[1]
		case "year":
			return parts[2]
		case "step":
			return "forvaltningens-verksamhetsplan/SOF"
		case "unit":
			return "SN"
		}
		known = false
		return w
	})
	if path == "/beslut" || path == "/enhet/SN" {
		path += "?" + url.Values{"cykel": {stream}}.Encode()
	}
	return path, known
}

// look asks for a page once. What is no page here, or not for this person, is none.
func (r *rig) look(h http.Handler, path string) (looked, bool) {
	ctx, queries := store.CountQueries(r.Context())
	ask := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	ask.Host = "127.0.0.1"
	ask.Header.Set("X-Arshjul-Person", string(launcher))
	answer := httptest.NewRecorder()
	began := time.Now()
	h.ServeHTTP(answer, ask)
	took := time.Since(began)
	return looked{latencies{took}, queries.Load(), r.packed(answer.Body.Bytes())}, answer.Code == http.StatusOK && strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html")
}

// packed is the size of what goes over the line to a browser behind a proxy that packs, as all do.
func (r *rig) packed(text []byte) int {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(text)
	r.must(err)
	r.must(w.Close())
	return out.Len()
}

var loads = regexp.MustCompile(`(?:src|href)="(/[^"]+\.(?:css|js|svg)[^"]*)"`)

func (r *rig) firstPage(h http.Handler) float64 {
	get := func(path string) []byte {
		ask := httptest.NewRequest(http.MethodGet, path, nil)
		ask.Host = "127.0.0.1"
		ask.Header.Set("X-Arshjul-Person", string(launcher))
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, ask)
		if answer.Code != http.StatusOK {
			r.Fatalf("%s: %d", path, answer.Code)
		}
		return answer.Body.Bytes()
	}
	page := get("/inkorg")
	sum := r.packed(page)
	var files []string
	for _, found := range loads.FindAllStringSubmatch(string(page), -1) {
		files = append(files, found[1])
	}
	slices.Sort(files)
	for _, file := range slices.Compact(files) {
		sum += r.packed(get(file))
	}
	return float64(sum) / 1000
}
