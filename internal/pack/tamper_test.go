package pack

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
)

// tampering is something that somebody does to a pack.
type tampering struct {
	name  string
	do    func(f *forged)
	known [][]byte // checkpoints that the auditor has
	where string   // what Verify says: where, and what
	says  string
}

// TestTampering is the table of what somebody might do to a log or a pack, and the sentence by which it is found. The forger
// of most rows makes everything fit again that needs no key.
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

	for _, c := range append(wrongApprovals(w), []tampering{
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
	}...) {
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
