package pack

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
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
	want := Report{Stream: theCycle, Log: kommun, Size: uint64(len(w.log)), Shown: 26, Entries: 22, First: r.First, Last: r.Last, Ended: true, Steps: 4, Approvals: 12,
		Judged: 19, Passed: 1, Texts: 7, Files: 4, FileBytes: r.FileBytes, Runs: 4, Checkpoints: 3, Epochs: 1, Newest: uint64(len(w.log)), NewestAt: r.NewestAt,
		Root: r.Root, Signers: []string{"prov"}, Continues: 1}
	if !reflect.DeepEqual(*r, want) {
		t.Errorf("found %+v\nwant  %+v", *r, want)
	}
	page := string(unpack(t, pack).members[memberPage])
	for _, says := range []string{"Bevispaket: Mål och ekonomi 2028", "Förslag till budget: bifall, § 14, den 15 mars 2027.", "Funktion p-sekreterare (påhittat) (p-sekreterare)",
		"Siffrorna behöver ses över (påhittat).", "arshjul-verify --key"} {
		if !strings.Contains(page, says) {
			t.Errorf("the page does not say %q", says)
		}
	}
}

// TestKeysInside: a pack that its sender signed with a key of their own holds together, and the report says what that is worth.
func TestKeysInside(t *testing.T) {
	w := play(t)
	w.signer, w.public = testKey(t, "nagon-annan")
	w.notes = nil
	w.sign()
	r, err := verify(w.pack(), Options{})
	if err != nil || !r.OwnKeys || !strings.Contains(strings.Join(r.Sentences(), "\n"), "kan ha bytt nyckeln också") {
		t.Errorf("%v, %+v", err, r)
	}
	_, honest := testKey(t, "prov")
	if _, err := verify(w.pack(), Options{Keys: trusted(t, honest)}); err == nil {
		t.Error("a pack signed by somebody else verifies against the key that is trusted")
	}
}

// TestOpenCycle: a pack of a cycle that goes on shows everything after its newest entry, so that no newer one can be left out.
func TestOpenCycle(t *testing.T) {
	w := playUntil(t, 2)
	w.other("refusals/9999")
	w.sign()
	pack := w.pack()
	if r, err := verify(pack, Options{Keys: trusted(t, w.public)}); err != nil || r.Ended {
		t.Fatalf("%v, %+v", err, r)
	}
	f := unpack(t, pack)
	f.entries(func(all []Entry) []Entry { return all[:len(all)-1] })
	if _, err := verify(f.pack(), Options{Keys: trusted(t, w.public)}); err == nil || !strings.Contains(err.Error(), "poster i slutet kan vara borttagna") {
		t.Errorf("an entry left out at the end: %v", err)
	}
}

// TestRefs: no text of an event is passed over, wherever it stands.
func TestRefs(t *testing.T) {
	var e domain.Event
	n := fill(reflect.ValueOf(&e), 0)
	texts, files := Refs(&e)
	if len(texts) != n || n < 20 {
		t.Errorf("%d texts found of %d", len(texts), n)
	}
	if !slices.Contains(files, e.Record.Wording) || !slices.Contains(files, e.Documents[0].SHA256) {
		t.Errorf("files %v", files)
	}
}

// fill gives every member of a value something, and counts the texts.
func fill(v reflect.Value, depth int) (texts int) {
	if depth > 9 {
		return 0
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
		if v.Type() == reflect.TypeFor[domain.TextRef]() {
			return 1
		}
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return fill(v.Elem(), depth+1)
	case reflect.Slice:
		if v.Type().Elem() == reflect.TypeFor[domain.Event]() && depth > 2 {
			return 0
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return fill(v.Index(0), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				texts += fill(v.Field(i), depth+1)
			}
		}
	}
	return texts
}

func TestCheck(t *testing.T) {
	w := play(t)
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole := w.pack()
	f := unpack(t, whole)
	key, pack := write("nycklar.txt", []byte(w.public+"\n")), write("pack.zip", whole)
	receipt := write("kvitto.tlog-proof", f.members[receiptsOf(f)[0]])
	newest := write("kontrollpunkt.txt", w.notes[2])
	f.lines(memberTexts, func(all []string) []string { return all[:1] })
	changed := write("changed.zip", f.pack())
	for _, c := range []struct {
		ask  Asked
		code int
		says string
	}{
		{Asked{File: pack}, ExitHolds, "STÄMMER.\n" + theCycle + " har slutat: 22 poster"},
		{Asked{File: pack, Keys: []string{key}, Checkpoints: []string{newest}}, ExitHolds, "Loggen är en fortsättning på de kontrollpunkter du hade: 1."},
		{Asked{File: pack, Keys: []string{key}, JSON: true}, ExitHolds, `"ok": true`},
		{Asked{File: changed}, ExitBroken, "STÄMMER INTE. post"},
		{Asked{File: changed, JSON: true}, ExitBroken, `"broken": "texten`},
		{Asked{File: receipt, Keys: []string{key}}, ExitHolds, "Kvittot gäller post 19 i loggen (cycle/9999/2028, händelse 14, steget forslag/KS), av p-sekreterare"},
		{Asked{File: receipt}, ExitUsage, "--key"},
		{Asked{File: key}, ExitBroken, "inte ett bevispaket"},
		{Asked{File: pack, Keys: []string{pack}}, ExitUsage, "nyckel"},
	} {
		var out bytes.Buffer
		if code := c.ask.Check(&out, &out); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%+v: exit %d, want %d, said %s", c.ask, code, c.code, out.String())
		}
	}
}

// TestRestart: a run that began anew from the log is right when the log says so, and only then.
func TestRestart(t *testing.T) {
	for _, told := range []bool{true, false} {
		w := playUntil(t, 2)
		w.restart(theCycle, told)
		w.do(theCycle, domain.Command{Kind: domain.CmdSubmit, Actor: "p-handlaggare", Step: "forslag/KS", Documents: w.file("forslag", "Förslag (påhittat)")})
		w.sign()
		r, err := verify(w.pack(), Options{Keys: trusted(t, w.public)})
		switch {
		case told && (err != nil || !strings.Contains(strings.Join(r.Notes, "\n"), "startades om från loggen")):
			t.Errorf("%v, %+v", err, r)
		case !told && (err == nil || !strings.Contains(err.Error(), "ingen post i loggen säger att den startades om")):
			t.Errorf("a run that begins in the middle: %v", err)
		}
	}
}

// TestErasure: what was erased is right to be missing when two persons said so in the log, and only then.
func TestErasure(t *testing.T) {
	for _, told := range []bool{true, false} {
		w := play(t)
		gone := w.texts[len(w.texts)-1].Commitment
		if told {
			w.do(theTown, domain.Command{Kind: domain.CmdErase, Actor: "p-andra", Erasure: &domain.Erasure{Texts: []domain.TextRef{gone}, Dnr: "9/2027 (påhittat)", Date: "2027-03-01"}})
			erasures := w.state(theTown).Registry.Erasures
			w.do(theTown, domain.Command{Kind: domain.CmdConfirmErase, Actor: "p-chef", Erasure: &domain.Erasure{Number: erasures[len(erasures)-1].Number}})
			w.sign()
		}
		for i := range w.texts {
			if w.texts[i].Commitment == gone {
				w.texts[i] = Text{Commitment: gone, Erased: true}
			}
		}
		r, err := verify(w.pack(), Options{Keys: trusted(t, w.public)})
		switch {
		case told && (err != nil || r.Erased != 1):
			t.Errorf("%v, %+v", err, r)
		case !told && (err == nil || !strings.Contains(err.Error(), "ingen post i registret säger det")):
			t.Errorf("a text that nobody had erased: %v", err)
		}
	}
}

// TestEpoch: after a restore that lost entries, a new epoch that two persons declared is right, and is told; without the
// declaration it is not.
func TestEpoch(t *testing.T) {
	for _, told := range []bool{true, false} {
		w := playUntil(t, 2)
		w.other("refusals/9999")
		w.sign()
		lost := w.notes[2]
		w.log = w.log[:len(w.log)-1] // the database was put back to before it
		w.state("refusals/9999").Seq--
		if told {
			c, err := readNote(lost)
			if err != nil {
				t.Fatal(err)
			}
			w.do(theTown, domain.Command{Kind: domain.CmdDeclareEpoch, Actor: "p-andra", Text: w.text("Återläsning (påhittat)"),
				Epoch: &domain.Epoch{Origin: c.Origin, Size: c.Size, Root: c.Root.String(), From: c.Size - 1}})
			epochs := w.state(theTown).Registry.Epochs
			w.do(theTown, domain.Command{Kind: domain.CmdConfirmEpoch, Actor: "p-chef", Epoch: &domain.Epoch{Number: epochs[len(epochs)-1].Number}})
		} else {
			w.other("refusals/9999")
			w.other("refusals/9999")
		}
		w.epoch = 2
		w.sign()
		r, err := verify(w.pack(), Options{Keys: trusted(t, w.public), Checkpoints: w.notes})
		switch {
		case told && (err != nil || r.Epochs != 2 || !strings.Contains(strings.Join(r.Notes, "\n"), "Epok 2 av loggen började")):
			t.Errorf("%v, %+v", err, r)
		case !told && (err == nil || !strings.Contains(err.Error(), "ingen anmälan av två personer")):
			t.Errorf("an epoch that nobody declared: %v", err)
		}
	}
}
