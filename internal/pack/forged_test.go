package pack

import (
	"archive/zip"
	"bytes"
	"encoding/json"
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
