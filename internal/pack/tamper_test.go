package pack

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/proof"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// forged is a pack that somebody changes. Whatever needs no key is made to fit again: leaf hashes and manifest.
type forged struct {
	t       testing.TB
	members map[string][]byte
	naive   bool // the manifest is left as it was
}

func unpack(t testing.TB, pack []byte) *forged {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	f := &forged{t: t, members: map[string][]byte{}}
	for _, m := range z.File {
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		f.members[m.Name] = b
	}
	return f
}

// pack makes the zip again.
func (f *forged) pack() []byte {
	f.t.Helper()
	if !f.naive {
		var m Manifest
		if err := json.Unmarshal(f.members[memberManifest], &m); err != nil {
			f.t.Fatal(err)
		}
		m.Members = nil
		m.Size = uint64(bytes.Count(f.members[memberHashes], []byte("\n")))
		for name, b := range f.members {
			if name != memberManifest {
				m.Members = append(m.Members, ManifestMember{name, int64(len(b)), domain.DigestOf(b)})
			}
		}
		slices.SortFunc(m.Members, func(a, b ManifestMember) int { return strings.Compare(a.Name, b.Name) })
		text, err := json.Marshal(m)
		if err != nil {
			f.t.Fatal(err)
		}
		f.members[memberManifest] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range f.members {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			f.t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		f.t.Fatal(err)
	}
	return b.Bytes()
}

// lines edits a member line by line; "" drops one.
func (f *forged) lines(name string, edit func([]string) []string) {
	all := strings.Split(strings.TrimSuffix(string(f.members[name]), "\n"), "\n")
	f.members[name] = []byte(strings.Join(edit(all), "\n") + "\n")
}

// entries edits the entries that are shown.
func (f *forged) entries(edit func([]Entry) []Entry) {
	f.t.Helper()
	var all []Entry
	for _, line := range strings.Split(strings.TrimSuffix(string(f.members[memberEntries]), "\n"), "\n") {
		place, leaf, _ := strings.Cut(line, " ")
		index, err := strconv.ParseUint(place, 10, 63)
		if err != nil {
			f.t.Fatal(err)
		}
		all = append(all, Entry{index, []byte(leaf)})
	}
	f.members[memberEntries] = entryLines(edit(all))
}

// event changes an entry of a stream and puts its leaf hash right.
func (f *forged) event(stream string, is func(*domain.Event) bool, change func(*domain.Event)) {
	f.t.Helper()
	found := false
	f.entries(func(all []Entry) []Entry {
		for i := range all {
			var e domain.Event
			if err := json.Unmarshal(all[i].Leaf, &e); err != nil {
				f.t.Fatal(err)
			}
			if found || e.Stream != stream || !is(&e) {
				continue
			}
			found = true
			change(&e)
			all[i].Leaf = e.Encode()
			f.leaf(all[i].Index, all[i].Leaf)
		}
		return all
	})
	if !found {
		f.t.Fatal("there is no such entry")
	}
}

func (f *forged) leaf(index uint64, leaf []byte) {
	f.lines(memberHashes, func(all []string) []string {
		h := tlog.RecordHash(leaf)
		all[index] = fmt.Sprintf("%x", h[:])
		return all
	})
}

// sign replaces the checkpoints by one of what the log is now.
func (f *forged) sign(by note.Signer) {
	f.t.Helper()
	for name := range f.members {
		if strings.HasPrefix(name, folderCheckpoints) {
			delete(f.members, name)
		}
	}
	f.members[memberConsistency] = nil
	var leaves []tlog.Hash
	for _, line := range bytes.Fields(f.members[memberHashes]) {
		var h tlog.Hash
		if _, err := fmt.Sscanf(string(line), "%x", &h); err != nil {
			var b []byte
			if _, err := fmt.Sscanf(string(line), "%x", &b); err != nil {
				f.t.Fatal(err)
			}
			h = tlog.Hash(b)
		}
		leaves = append(leaves, h)
	}
	tree, err := grow(leaves)
	if err != nil {
		f.t.Fatal(err)
	}
	root, err := tree.root(tree.size)
	if err != nil {
		f.t.Fatal(err)
	}
	signed, err := proof.Sign(proof.Checkpoint{Origin: proof.Origin(kommun, 1), Size: tree.size, Root: root}, by)
	if err != nil {
		f.t.Fatal(err)
	}
	f.members[folderCheckpoints+"000001.txt"] = signed
}

func (f *forged) histories(stream string) (names []string) {
	for name := range f.members {
		if strings.HasPrefix(name, folderHistories+strings.ReplaceAll(stream, "/", "-")+"/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// drop leaves a history out, also of the manifest.
func (f *forged) drop(name string) {
	var m Manifest
	if err := json.Unmarshal(f.members[memberManifest], &m); err != nil {
		f.t.Fatal(err)
	}
	m.Histories = slices.DeleteFunc(m.Histories, func(h HistoryMember) bool { return h.Name == name })
	text, err := json.Marshal(m)
	if err != nil {
		f.t.Fatal(err)
	}
	f.members[memberManifest] = text
	delete(f.members, name)
}

func kind(k domain.EventKind) func(*domain.Event) bool {
	return func(e *domain.Event) bool { return e.Kind == k }
}

func onStep(k domain.EventKind, step domain.StepID) func(*domain.Event) bool {
	return func(e *domain.Event) bool { return e.Kind == k && e.Step == step }
}

// TestTampering is the table of what somebody might do to a log or a pack, and the sentence by which it is found. The forger
// of most rows makes everything fit again that needs no key; "signed" rows are approvals that the rules should never have let
// through and that were signed as they stood: there the evidence is what finds them.
func TestTampering(t *testing.T) {
	w := play(t)
	whole := w.pack()
	keys := trusted(t, w.public)
	other, otherKey := testKey(t, "forfalskare")
	if r, err := verify(whole, Options{Keys: keys, Checkpoints: w.notes}); err != nil || r.Unjudged != 0 || r.Passed == 0 {
		t.Fatalf("the pack itself: %+v, %v", r, err)
	}
	old := func() []byte { // the pack as it was at the second checkpoint
		earlier := playUntil(t, 2)
		return earlier.pack()
	}()

	for _, c := range []struct {
		name   string
		do     func(f *forged)
		known  [][]byte // checkpoints that the auditor has
		where  string   // what Verify says: where, and what
		says   string
		noKeys bool
	}{
		{name: "change a row", do: func(f *forged) {
			f.naive = true
			f.lines(memberEntries, func(all []string) []string {
				for i := range all {
					all[i] = strings.Replace(all[i], `"paragraph":"14"`, `"paragraph":"15"`, 1)
				}
				return all
			})
		}, where: "post 19 i loggen", says: "posten är inte den som loggen har på den platsen: den är ändrad"},
		{name: "change a row and recompute the tree", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvDecided), func(e *domain.Event) { e.Paragraph = "15" })
		}, where: folderCheckpoints + "000003.txt", says: "någon post är ändrad, tillagd eller borttagen"},
		{name: "delete a row", do: func(f *forged) {
			f.entries(func(all []Entry) []Entry { return slices.Delete(all, 12, 13) })
		}, where: theCycle, says: "en post är borttagen, inskjuten eller flyttad"},
		{name: "delete a row and number the rest anew", do: func(f *forged) { f.deleteAndRenumber(20) },
			where: folderCheckpoints, says: "poster är borttagna"},
		{name: "insert a row", do: func(f *forged) {
			f.entries(func(all []Entry) []Entry {
				e := all[len(all)-1]
				return append(all, Entry{e.Index + 2, e.Leaf})
			})
			f.lines(memberHashes, func(all []string) []string { return append(all, all[len(all)-1]) })
		}, where: "post", says: "den är ändrad"},
		{name: "insert a row that fits at the end", do: func(f *forged) { f.insert(w) },
			where: folderCheckpoints + "000003.txt", says: "de sista är det ingen som har skrivit under"},
		{name: "reorder rows", do: func(f *forged) {
			f.lines(memberEntries, func(all []string) []string { all[10], all[11] = all[11], all[10]; return all })
		}, where: memberEntries + ", rad 12", says: "posterna är omkastade"},
		{name: "reorder rows and their places", do: func(f *forged) {
			f.entries(func(all []Entry) []Entry {
				all[10].Leaf, all[11].Leaf = all[11].Leaf, all[10].Leaf
				f.leaf(all[10].Index, all[10].Leaf)
				f.leaf(all[11].Index, all[11].Leaf)
				return all
			})
		}, where: theCycle, says: "en post är borttagen, inskjuten eller flyttad"},
		{name: "swap a file", do: func(f *forged) {
			name := folderFiles + string(w.order[2])
			f.members[name] = bytes.Replace(f.members[name], []byte("Förslag"), []byte("Förslog"), 1)
		}, where: folderFiles + string(w.order[2]), says: "den är utbytt eller ändrad"},
		{name: "leave a file out", do: func(f *forged) {
			delete(f.members, folderFiles+string(w.order[1]))
			f.lines(memberFiles, func(all []string) []string { return slices.Delete(all, 1, 2) })
		}, where: "underlag/KN", says: "saknas i paketet"},
		{name: "fork the log", do: func(f *forged) { // another end, signed by the signer's own key: two logs with one beginning
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Dnr = "2/2027" })
			f.sign(w.signer)
		}, known: w.notes[2:], where: "din kontrollpunkt 1", says: "någon post är ändrad, tillagd eller borttagen, eller kontrollpunkten är av en annan logg"},
		{name: "roll the database back", do: func(f *forged) { *f = *unpack(t, old) },
			known: w.notes, where: "din kontrollpunkt 3", says: "paketet är äldre än kontrollpunkten, eller så är loggen tillbakarullad"},
		{name: "replay an old pack", do: func(f *forged) { *f = *unpack(t, old) },
			known: w.notes[2:], where: "din kontrollpunkt 1", says: "paketet är äldre än kontrollpunkten"},
		{name: "forge a checkpoint with another key", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvDecided), func(e *domain.Event) { e.Paragraph = "15" })
			f.sign(other)
			f.members[memberKeys] = []byte(otherKey + "\n")
		}, where: folderCheckpoints + "000001.txt", says: "Ingen av de nycklar som du litar på"},
		{name: "change a signed checkpoint", do: func(f *forged) {
			name := folderCheckpoints + "000003.txt"
			f.members[name] = bytes.Replace(f.members[name], []byte("\n29\n"), []byte("\n28\n"), 1)
		}, where: folderCheckpoints + "000003.txt", says: "Underskriften av prov stämmer inte"},
		{name: "leave the checkpoints out", do: func(f *forged) {
			for name := range f.members {
				if strings.HasPrefix(name, folderCheckpoints) {
					delete(f.members, name)
				}
			}
		}, where: folderCheckpoints, says: "ingen har skrivit under loggen"},
		{name: "edit a command in a history", do: func(f *forged) {
			f.replaceIn(f.histories(theCycle)[1], `"paragraph":"14"`, `"paragraph":"15"`)
		}, where: "forslag/KS", says: "historiken eller posten är ändrad"},
		{name: "edit what a run began with", do: func(f *forged) {
			f.replaceIn(f.histories(theCycle)[2], `"outcome":"bifall"`, `"outcome":"avslag"`)
		}, where: f0001(theCycle, 3), says: "från ett annat läge än det som posterna ger"},
		{name: "edit what a history says was journalled", do: func(f *forged) {
			f.replaceIn(f.histories(theCycle)[0], `"kind":"step_finalised"`, `"kind":"step_reported"`)
		}, where: "underlag/SN", says: "säger något annat än loggen"},
		{name: "cut an event out of a history", do: func(f *forged) {
			f.replaceIn(f.histories(theCycle)[1], `"eventId":"3"`, `"eventId":"4"`)
		}, where: f0001(theCycle, 2), says: "något är borttaget eller inskjutet"},
		{name: "drop a run", do: func(f *forged) { f.drop(f.histories(theCycle)[1]) },
			where: f0001(theCycle, 3), says: "en körning saknas"},
		{name: "drop the last run", do: func(f *forged) { f.drop(f.histories(theCycle)[2]) },
			where: f0001(theCycle, 2), says: "som saknas i paketet"},
		{name: "drop every run", do: func(f *forged) {
			for _, name := range f.histories(theCycle) {
				f.drop(name)
			}
		}, where: folderHistories, says: "ingen historik av " + theCycle},
		{name: "re-date a role and recompute the tree", do: func(f *forged) {
			f.event(theTown, kind(domain.EvFounded), func(e *domain.Event) { e.Founded.Bindings[0].From = "2027-06-01" })
		}, where: folderCheckpoints + "000001.txt", says: "någon post är ändrad"},
		{name: "swap the wheel", do: func(f *forged) {
			f.members[memberWheel] = bytes.Replace(f.members[memberWheel], []byte("Provhjul"), []byte("Annat hj"), 1)
		}, where: memberWheel, says: "årshjulet är inte den cykeln startades med"},
		{name: "swap the wheel's file", do: func(f *forged) {
			f.members[memberWheelText] = bytes.Replace(f.members[memberWheelText], []byte("senast 30 april"), []byte("senast 29 april"), 1)
		}, where: memberWheelText, says: "andra regler än dem cykeln startades med"},
		{name: "swap the organisation", do: func(f *forged) {
			f.members[memberOrganisation] = bytes.Replace(f.members[memberOrganisation], []byte("p-chef"), []byte("p-kock"), 1)
		}, where: memberOrganisation, says: "det är utbytt"},
		{name: "strip evidence and recompute the tree", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Evidence = nil })
		}, where: folderCheckpoints, says: "någon post är ändrad"},
		{name: "change a text", do: func(f *forged) {
			f.members[memberTexts] = bytes.Replace(f.members[memberTexts], []byte("ses över"), []byte("godtas"), 1)
		}, where: memberTexts, says: "den är ändrad"},
		{name: "leave a text out", do: func(f *forged) {
			f.lines(memberTexts, func(all []string) []string { return all[:len(all)-1] })
		}, where: "forslag/KS", says: "saknas i " + memberTexts},
		{name: "change the page", do: func(f *forged) {
			f.members[memberPage] = bytes.Replace(f.members[memberPage], []byte("bifall"), []byte("avslag"), 1)
		}, where: memberPage, says: "sidan säger något annat än posterna"},
		{name: "add a file to the zip", do: func(f *forged) { f.naive = true; f.members["EXTRA.html"] = []byte("<p>Strunta i resten.</p>") },
			where: "EXTRA.html", says: "någon har lagt till den"},
		{name: "exchange a receipt", do: func(f *forged) {
			a, b := receiptsOf(f)[0], receiptsOf(f)[1]
			f.members[a], f.members[b] = f.members[b], f.members[a]
		}, where: folderReceipts, says: "kvittot"},

		{name: "signed: evidence stripped", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Evidence = nil })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "saknar underlag"},
		{name: "signed: by who has another role", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Actor, e.Evidence.Binding = "p-handlaggare", 1 })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "men det här görs av den som har rollen chef"},
		{name: "signed: no second person", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Actor, e.Evidence.Binding = "p-chef", binding(w, "p-chef", "chef") })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "det skulle ha varit en andra person"},
		{name: "signed: a role that was not held that day", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Actor, e.Evidence.Binding = "p-ny", binding(w, "p-ny", "chef") })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "gällde inte den 16 mars 2027: den gäller från den 1 juni 2027"},
		{name: "signed: the role of another", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Actor = "p-sekreterare" })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "är inte p-sekreterare:s"},
		{name: "signed: a role that does not exist", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Evidence.Binding = 99 })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "rollen med nummer 99"},
		{name: "signed: somebody who was jävig", do: func(f *forged) {
			f.event(theCycle, onStep(domain.EvFinalised, "underlag/KN"), func(e *domain.Event) {
				e.Actor = "p-chef"
				e.Evidence.Binding = binding(w, "p-chef", "chef")
			})
			f.sign(w.signer)
		}, where: "underlag/KN", says: "p-chef var jävig"},
		{name: "signed: another version", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvDecided), func(e *domain.Event) { e.Version = domain.DigestOf([]byte("en annan")) })
			f.sign(w.signer)
		}, where: "forslag/KS", says: "gäller en annan version än den som senast lämnades in"},
		{name: "signed: a version whose hash is of something else", do: func(f *forged) {
			f.event(theCycle, onStep(domain.EvSubmitted, "plan/SLF"), func(e *domain.Event) { e.Reference = "något annat" })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "versionens kontrollsumma är inte den"},
		{name: "signed: a gate met by an entry that is no such thing", do: func(f *forged) {
			f.event(theCycle, onStep(domain.EvOpened, "forslag/KS"), func(e *domain.Event) { e.Evidence.Conditions[0].Seq = 2 })
			f.sign(w.signer)
		}, where: "forslag/KS", says: "men den händelsen säger något annat"},
		{name: "signed: a gate met by an entry that comes later", do: func(f *forged) {
			f.event(theCycle, onStep(domain.EvOpened, "forslag/KS"), func(e *domain.Event) { e.Evidence.Conditions[0].Seq = 20 })
			f.sign(w.signer)
		}, where: "forslag/KS", says: "som inte finns före den här"},
		{name: "signed: a gate that was not met", do: func(f *forged) {
			f.event(theCycle, onStep(domain.EvOpened, "forslag/KS"), func(e *domain.Event) { e.Evidence.Conditions = e.Evidence.Conditions[:1] })
			f.sign(w.signer)
		}, where: "forslag/KS", says: "öppnade fast grinden inte var uppfylld: det väntar på att underlag/"},
		{name: "signed: an order that nobody confirmed", do: func(f *forged) {
			f.event(theTown, kind(domain.EvOrderConfirmed), func(e *domain.Event) { e.Actor = "p-chef" })
			f.sign(w.signer)
		}, where: theTown, says: "det skulle ha varit en andra person"},
		{name: "signed: something the rules say no to", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvCommented), func(e *domain.Event) { e.Text = domain.TextRef(domain.DigestOf([]byte("x"))) })
			f.sign(w.signer)
		}, where: "forslag/KS", says: "enligt reglerna skulle här ha stått"},
		{name: "signed: a cycle that started from another registry", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvLaunched), func(e *domain.Event) { f.redate(e.Launched.Registry.Bindings, "p-sekreterare", "2026-06-01") })
			f.sign(w.signer)
		}, where: theCycle, says: "det register som cykeln startade från är inte det som registrets poster ger"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := unpack(t, whole)
			f.t = t
			c.do(f)
			o := Options{Keys: keys, Checkpoints: c.known}
			_, err := verify(f.pack(), o)
			var b *Broken
			if !errors.As(err, &b) {
				t.Fatalf("not found: %v", err)
			}
			if !strings.Contains(b.Where, c.where) || !strings.Contains(b.Message, c.says) {
				t.Errorf("%v\nwant at %q: %q", err, c.where, c.says)
			}
			t.Log(err)
		})
	}
}

func f0001(stream string, nr int) string {
	return fmt.Sprintf("%s%s/%04d-", folderHistories, strings.ReplaceAll(stream, "/", "-"), nr)
}

func receiptsOf(f *forged) (names []string) {
	for name := range f.members {
		if strings.HasPrefix(name, folderReceipts) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (f *forged) replaceIn(name, old, new string) {
	f.t.Helper()
	if !bytes.Contains(f.members[name], []byte(old)) {
		f.t.Fatalf("%s has no %s", name, old)
	}
	f.members[name] = bytes.Replace(f.members[name], []byte(old), []byte(new), 1)
}

func (f *forged) redate(all []domain.Binding, p domain.PersonID, from domain.Date) {
	for i := range all {
		if all[i].Person == p && (all[i].Role == "chef" || all[i].Role == "sekreterare") {
			all[i].From = from
		}
	}
}

// deleteAndRenumber takes an entry out of the log, and gives all after it new places and numbers.
func (f *forged) deleteAndRenumber(index uint64) {
	f.lines(memberHashes, func(all []string) []string { return slices.Delete(all, int(index), int(index)+1) })
	f.entries(func(all []Entry) []Entry {
		all = slices.DeleteFunc(all, func(e Entry) bool { return e.Index == index })
		for i := range all {
			if all[i].Index > index {
				all[i].Index--
				var e domain.Event
				if err := json.Unmarshal(all[i].Leaf, &e); err != nil {
					f.t.Fatal(err)
				}
				e.Seq--
				all[i].Leaf = e.Encode()
				f.leaf(all[i].Index, all[i].Leaf)
			}
		}
		return all
	})
}

// insert adds an entry of the registry's at the end of the log, whole and in the right form.
func (f *forged) insert(w *town) {
	e := domain.Event{V: 1, Stream: theTown, Seq: w.state(theTown).Seq + 1, At: w.now, Kind: domain.EvUnbound, Actor: "p-andra",
		Binding: &domain.Binding{Number: 1, To: "2027-03-20"}}
	f.entries(func(all []Entry) []Entry { return append(all, Entry{uint64(len(w.log)), e.Encode()}) })
	f.lines(memberHashes, func(all []string) []string { return append(all, "") })
	f.leaf(uint64(len(w.log)), e.Encode())
}

func binding(w *town, p domain.PersonID, r domain.RoleID) uint64 {
	for _, b := range w.state(theTown).Registry.Bindings {
		if b.Person == p && b.Role == r {
			return b.Number
		}
	}
	w.t.Fatalf("%s is no %s", p, r)
	return 0
}
