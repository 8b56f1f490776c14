package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	const sender domain.PersonID = "p-sbf-processledare" // who does nothing else, in this test or another
	text := "Ett underlag (påhittat)"
	hash := upload(t, d.As(writer), text)
	status, got := raw(t, http.MethodGet, d.URL+"/api/v1/files/"+string(hash), writer, nil, nil)
	if status != http.StatusOK || string(got) != text {
		t.Errorf("%d %q", status, got)
	}
	status, _ = raw(t, http.MethodGet, d.URL+"/api/v1/files/"+string(hash), "", nil, nil)
	if status != http.StatusUnauthorized {
		t.Errorf("a file is shown to who is not logged in: %d", status)
	}
	status, _ = raw(t, http.MethodGet, d.URL+"/api/v1/files/"+string(domain.DigestOf([]byte("x"))), writer, nil, nil)
	if status != http.StatusNotFound {
		t.Errorf("an unknown file: %d", status)
	}

	refused := func(url string, size int, want domain.Code) {
		t.Helper()
		status, text := raw(t, http.MethodPost, url, sender, bytes.NewReader(make([]byte, size)), nil)
		var p api.Problem
		if err := json.Unmarshal(text, &p); err != nil || p.Code != want || status != api.RowOf(want).HTTP {
			t.Errorf("want %s, got %d %s", want, status, text)
		}
	}
	at := d.URL + "/api/v1/files"
	refused(at+"?sha256="+string(domain.DigestOf([]byte("något annat"))), 1000, domain.CodeHashMismatch)
	refused(at+"?sha256=abc", 10, domain.CodeBadCommand)
	refused(at, domain.MaxFile+1, domain.CodeFileTooLarge)
	f, err := d.As(writer).Upload(t.Context(), make([]byte, domain.MaxFile))
	if err != nil || f.Size != domain.MaxFile {
		t.Errorf("a file of exactly the limit: %+v, %v", f, err)
	}

	// A file that grows while it is sent says no size beforehand.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, struct{ *bytes.Reader }{bytes.NewReader(make([]byte, domain.MaxFile+1))})
	ok(t, err)
	r.ContentLength = -1
	r.Header.Set("X-Arshjul-Person", string(sender))
	answer, err := http.DefaultClient.Do(r)
	ok(t, err)
	defer func() { ok(t, answer.Body.Close()) }()
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("without a size: %d", answer.StatusCode)
	}

	entries, err := d.Store.Entries(context.WithoutCancel(t.Context()), domain.RefusalStream(domain.RegistryStream(servertest.Kommun)), 1, 100_000)
	ok(t, err)
	codes := map[domain.Code]int{}
	for _, e := range entries {
		if e.Event.Refused.Kind == "upload" && e.Event.Actor == sender {
			codes[e.Event.Refused.Code]++
		}
	}
	if codes[domain.CodeHashMismatch] != 1 || codes[domain.CodeFileTooLarge] != 2 || codes[domain.CodeBadCommand] != 1 {
		t.Errorf("refused uploads in the journal: %v", codes)
	}
}

func TestUploadsKeepTheirName(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	_, text := raw(t, http.MethodPost, d.URL+"/api/v1/files?name=f%C3%B6rslag.pdf", writer, strings.NewReader("namn (påhittat)"), nil)
	var f api.File
	ok(t, json.Unmarshal(text, &f))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+"/api/v1/files/"+string(f.SHA256), nil)
	ok(t, err)
	r.Header.Set("X-Arshjul-Person", string(writer))
	answer, err := http.DefaultClient.Do(r)
	ok(t, err)
	ok(t, answer.Body.Close())
	if h := answer.Header.Get("Content-Disposition"); !strings.HasPrefix(h, "attachment") || !strings.Contains(h, "f%C3%B6rslag.pdf") {
		t.Errorf("Content-Disposition: %s", h)
	}
	if h := answer.Header.Get("Content-Type"); h != "application/octet-stream" {
		t.Errorf("Content-Type %s: an uploaded page could run as ours", h)
	}
}
