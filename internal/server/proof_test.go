package server_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/proof"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/signer"
	"arshjul/internal/stack/stacktest"
	"arshjul/internal/store"
)

// signing gives a signer of the door's logs, and the keys by which others check what it signed.
func signing(t *testing.T, d *servertest.Door) (*signer.Signer, proof.Keys) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	public, err := signer.NewKey(file, "arshjul/signer/test")
	ok(t, err)
	key, err := signer.ReadKey(file)
	ok(t, err)
	pool, err := pgxpool.New(t.Context(), stacktest.AsRole(t, d.DatabaseURL, store.SignerRole))
	ok(t, err)
	t.Cleanup(pool.Close)
	s, err := signer.New(signer.Config{DB: pool, Keys: []signer.Key{key}, State: t.TempDir(), Recheck: time.Hour})
	ok(t, err)
	t.Cleanup(func() { ok(t, s.Close()) })
	keys, err := proof.ParseKeys(public)
	ok(t, err)
	return s, keys
}

// Every sign-off gives a file that shows it without us, as soon as the signer has come so far; before that the pages say so.
func TestReceiptFile(t *testing.T) {
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	by, keys := signing(t, d)
	c := d.As(writer)
	receipt := give(t, c, stream, directivesCommand(t, c, "receipt-1"))
	where := "/bevis?" + url.Values{"log": {stream}, "index": {fmt.Sprint(*receipt.Index)}}.Encode()
	done := fmt.Sprintf("/ovning/1283/2028/%s?kvitto=receipt-1&hos=%s", stream[strings.LastIndex(stream, "/")+1:], url.QueryEscape(stream))
	b := browse(t, d, writer)
	if text := content(b.open(done, http.StatusOK)); !strings.Contains(text, "går att hämta när journalen är underskriven") || strings.Contains(text, "Hämta kvittot som fil") {
		t.Errorf("before it is signed the page says\n%s", text)
	}
	if text := content(b.open(where, http.StatusNotFound)); !strings.Contains(text, "inte underskriven så långt än") {
		t.Errorf("before it is signed the file is\n%s", text)
	}
	looked, err := by.Look(t.Context())
	ok(t, err)
	if i := slices.IndexFunc(looked, func(l signer.Looked) bool { return l.Log == stream }); i < 0 || looked[i].Refused != nil {
		t.Fatalf("the signer: %+v", looked)
	}
	doc := b.open(done, http.StatusOK)
	link := find(doc, "a", func(a *html.Node) bool { return content(a) == "Hämta kvittot som fil" })
	if link == nil || attr(link, "href") != where {
		t.Fatalf("no link to %s on\n%s", where, content(doc))
	}
	answer, err := b.client.Get(d.URL + attr(link, "href"))
	ok(t, err)
	file, err := io.ReadAll(answer.Body)
	ok(t, err)
	ok(t, answer.Body.Close())
	if name := answer.Header.Get("Content-Disposition"); !strings.Contains(name, ".tlog-proof") {
		t.Errorf("the file is called %q", name)
	}
	var same []byte
	ok(t, c.Get(t.Context(), fmt.Sprintf("/proof?log=%s&index=%d", url.QueryEscape(stream), *receipt.Index), &same))
	if string(same) != string(file) {
		t.Error("the API gives another file")
	}
	r, err := proof.ParseReceipt(file)
	ok(t, err)
	signed, err := r.Verify(nil, keys)
	ok(t, err)
	if signed.Origin != "arshjul/"+stream || r.Index != *receipt.Index || !strings.Contains(string(r.Leaf), `"command":"receipt-1"`) || !strings.Contains(string(r.Leaf), string(writer)) {
		t.Errorf("%s, index %d, leaf %s", signed.Origin, r.Index, r.Leaf)
	}
	var cycle api.Cycle
	ok(t, c.Get(t.Context(), "/"+stream, &cycle))
	if s := cycle.Signed; s == nil || s.Size != signed.Size || s.Epoch != 1 || s.Waiting != 0 {
		t.Errorf("the cycle says it is signed %+v", s)
	}
	if text := content(b.open("/journal?log="+url.QueryEscape(stream), http.StatusOK)); !strings.Contains(text, "Loggen är underskriven till och med den sista posten") {
		t.Errorf("the journal says\n%.400s", text)
	}
	// In the step's history, for each thing that somebody did.
	history := b.open(done[:strings.Index(done, "?")]+"/steg/"+string(directives), http.StatusOK)
	if find(history, "a", func(a *html.Node) bool { return attr(a, "href") == where }) == nil {
		t.Errorf("the history has no link to %s", where)
	}
	// By the table: whoever reads here may, nobody else.
	if r, err := http.Get(d.URL + "/api/v1/proof"); err != nil || r.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody gets %v, %v", r.StatusCode, err)
	}
	if err := d.As("p-ingen").Get(t.Context(), "/proof?index=0", new([]byte)); refusal(t, err).Code != domain.CodeNoAccess {
		t.Errorf("who holds no role gets %v", err)
	}
	for path, code := range map[string]domain.Code{"/proof?index=99999": domain.CodeNotFound, "/proof?log=1277&index=0": domain.CodeUnknownStream} {
		if err := c.Get(t.Context(), path, new([]byte)); refusal(t, err).Code != code {
			t.Errorf("%s: %v, want %s", path, err, code)
		}
	}
}
