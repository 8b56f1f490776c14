package pack

import (
	"bytes"
	"testing"
)

func TestPack(t *testing.T) {
	w := play(t)
	pack := w.pack()
	if again := w.pack(); !bytes.Equal(pack, again) {
		t.Error("the same source gives another pack")
	}
	r, err := verify(pack, Options{Keys: trusted(t, w.public), Checkpoints: w.notes[:1]})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", r)
	for _, s := range r.Sentences() {
		t.Log(s)
	}
}
