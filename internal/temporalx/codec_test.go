package temporalx_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"

	"arshjul/internal/temporalx"
)

func payload(t *testing.T, text string) *commonpb.Payload {
	t.Helper()
	dc, err := temporalx.DataConverter()
	if err != nil {
		t.Fatal(err)
	}
	p, err := dc.ToPayload(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPayloads(t *testing.T) {
	dc, err := temporalx.DataConverter()
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 8<<10)
	rng := rand.NewChaCha8([32]byte{1})
	for i := range noise {
		noise[i] = ' ' + byte(rng.Uint64()%90)
	}
	for _, row := range []struct {
		name, text string
		packed     bool
	}{
		{"a summary", "journalför: Anvisningar öppnade.", false},
		{"just under four kilobytes", strings.Repeat("å", 2000), false},
		{"a state", strings.Repeat(`{"id":"forslag/SN","status":"open"},`, 4000), true},
		{"a megabyte of the same", strings.Repeat("x", 1<<20), true},
	} {
		p := payload(t, row.text)
		if packed := string(p.Metadata["encoding"]) == "binary/zstd"; packed != row.packed {
			t.Errorf("%s: packed is %v", row.name, packed)
		}
		if row.packed && proto.Size(p) > len(row.text)/10 {
			t.Errorf("%s: %d bytes of %d", row.name, proto.Size(p), len(row.text))
		}
		if again := payload(t, row.text); !proto.Equal(p, again) {
			t.Errorf("%s: two packings differ", row.name)
		}
		var back string
		if err := dc.FromPayload(p, &back); err != nil || back != row.text {
			t.Errorf("%s: came back as %d bytes of %d: %v", row.name, len(back), len(row.text), err)
		}
	}
	if p := payload(t, string(noise)); proto.Size(p) > len(noise)*2 {
		t.Errorf("noise of %d bytes became %d", len(noise), proto.Size(p))
	}
}

// What a release once wrote is read for ever: this payload was written by the first.
func TestAnOldPayloadIsRead(t *testing.T) {
	dc, err := temporalx.DataConverter()
	if err != nil {
		t.Fatal(err)
	}
	const oldPayload = "(\xb5/\xfdd\t\x13\xc5\x01\x00\xe4\x02\n\x16\n\bencoding\x12\njson/plain\x12\xee'\"mål och ekonomi \"\x01T\x17\x040\xc5\x1e\n\xb6\x01}\xf5"
	old := &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("binary/zstd")}, Data: []byte(oldPayload)}
	var back string
	if err := dc.FromPayload(old, &back); err != nil || back != strings.Repeat("mål och ekonomi ", 300) {
		t.Errorf("%d bytes, %v", len(back), err)
	}
}

// A few bytes that unpack to gigabytes are refused before they are unpacked, and so is what is cut short.
func TestHarmfulPayloads(t *testing.T) {
	dc, err := temporalx.DataConverter()
	if err != nil {
		t.Fatal(err)
	}
	var bomb bytes.Buffer
	w, err := zstd.NewWriter(&bomb)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 256 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	whole := payload(t, strings.Repeat("x", 10_000)).Data
	for name, data := range map[string][]byte{"bomb": bomb.Bytes(), "cut short": whole[:len(whole)-1], "noise": []byte("no zstd"), "empty": nil} {
		p := &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("binary/zstd")}, Data: data}
		var back string
		if err := dc.FromPayload(p, &back); err == nil {
			t.Errorf("%s (%d bytes) was unpacked to %d bytes", name, len(data), len(back))
		}
	}
}
