package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestBuckets(t *testing.T) {
	b := newBuckets(2, 3)
	at := time.Unix(1_800_000_000, 0)
	for i, row := range []struct {
		name  string
		after time.Duration
		want  bool
	}{
		{"a", 0, true}, {"a", 0, true}, {"a", 0, true}, {"a", 0, false}, // three at once
		{"b", 0, true},                                                                             // another has its own
		{"a", 400 * time.Millisecond, false}, {"a", 100 * time.Millisecond, true}, {"a", 0, false}, // two a second
		{"a", time.Hour, true}, {"a", 0, true}, {"a", 0, true}, {"a", 0, false}, // and never more than three
	} {
		at = at.Add(row.after)
		if got := b.take(row.name, at); got != row.want {
			t.Errorf("question %d by %s: %v", i, row.name, got)
		}
	}
	for i := range mostBuckets + 100 {
		b.take(fmt.Sprint("name ", i), at)
	}
	if len(b.of) > mostBuckets {
		t.Errorf("%d buckets are kept", len(b.of))
	}
}

// Behind a proxy only what the proxy itself has added is believed; otherwise nothing of the kind is.
func TestWhereARequestComesFrom(t *testing.T) {
	for _, row := range []struct {
		proxy     bool
		forwarded []string
		want      string
	}{
		{false, nil, "192.0.2.1"},
		{false, []string{"203.0.113.9"}, "192.0.2.1"},
		{true, []string{"203.0.113.9"}, "203.0.113.9"},
		{true, []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		{true, []string{"198.51.100.1", "203.0.113.9"}, "203.0.113.9"},
		{true, nil, "192.0.2.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = "192.0.2.1:5555"
		for _, f := range row.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		if got := newLimits(row.proxy, nil).addressOf(r); got != row.want {
			t.Errorf("%+v: %s", row, got)
		}
	}
}

// After logging in a person goes to a page of ours, and nowhere else.
func TestTarget(t *testing.T) {
	for asked, want := range map[string]string{
		"/cykler": "/cykler", "/ovning/1283/2028/1/steg/a/KS?x=1": "/ovning/1283/2028/1/steg/a/KS?x=1", "": "/inkorg", "inkorg": "/inkorg",
		"//annan.exempel": "/inkorg", "https://annan.exempel/": "/inkorg", "/\\annan.exempel": "/inkorg", "javascript:alert(1)": "/inkorg", "/a\nb": "/inkorg", "/\t/annan": "/inkorg",
	} {
		if got := target(asked); got != want {
			t.Errorf("%q leads to %q, want %q", asked, got, want)
		}
	}
}
