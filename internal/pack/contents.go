package pack

import (
	"bytes"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"arshjul/domain"
	"arshjul/internal/proof"
	"arshjul/internal/wheelfile"

	second "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

// erased tells whether an erasure that two persons stand behind covers something. What is erased of an exercise stands in
// the municipality's registry, which an exercise's pack does not hold: there it is believed, and told.
func (v *verifier) erased(covers func(*domain.Erasure) bool) bool {
	if streamKind(v.rep.Stream) == "exercise" {
		if !v.toldErased {
			v.toldErased = true
			v.note("Gallringar i en övning står i kommunens register, som inte finns i övningens paket: att texter eller filer är gallrade är inte kontrollerat.")
		}
		return true
	}
	return slices.ContainsFunc(v.of[domain.RegistryStream(domain.Kommun(v.rep.Stream))], func(s *shown) bool {
		return s.event.Kind == domain.EvErased && covers(s.event.Erasure)
	})
}

// texts: every text that an entry commits to is there and is that text, or has been erased.
func (v *verifier) texts() error {
	has := map[domain.TextRef]bool{}
	err := readJSONLines(v.r, memberTexts, func(where string, t *Text) error {
		if has[t.Commitment] {
			return broken(where, "texten %s står två gånger.", t.Commitment)
		}
		has[t.Commitment] = true
		if t.Erased {
			if t.Body != "" || t.Salt != "" {
				return broken(where, "texten %s sägs vara gallrad men är kvar.", t.Commitment)
			}
			if !v.erased(func(e *domain.Erasure) bool { return e.CoversText(t.Commitment) }) {
				return broken(where, "texten %s sägs vara gallrad, men ingen post i registret säger det.", t.Commitment)
			}
			v.rep.Erased++
			return nil
		}
		salt, err := hex.DecodeString(t.Salt)
		if err != nil || domain.TextRef(domain.DigestOf(append(salt, t.Body...))) != t.Commitment {
			return broken(where, "texten är inte den som posterna förbinder sig till (%s): den är ändrad.", t.Commitment)
		}
		v.rep.Texts++
		return nil
	})
	if err != nil {
		return err
	}
	for i := range v.shown {
		s := &v.shown[i]
		if !slices.Contains(Streams(v.rep.Stream), s.event.Stream) {
			continue
		}
		texts, _ := Refs(&s.event)
		for _, ref := range texts {
			if !has[ref] && v.lostText(s.event.Stream, ref) {
				v.note("Texten %s gick förlorad med databasen, som en post i loggen säger.", ref)
				has[ref] = true
			}
			if !has[ref] {
				return s.broken("texten %s, som posten förbinder sig till, saknas i %s.", ref, memberTexts)
			}
		}
	}
	return nil
}

// files: every file that an entry names by its hash is there, and its bytes have that hash.
func (v *verifier) files() error {
	has := map[domain.Digest]int64{}
	err := readJSONLines(v.r, memberFiles, func(where string, f *File) error {
		name := folderFiles + string(f.SHA256)
		if !f.SHA256.Valid() {
			return broken(where, "raden har ingen kontrollsumma.")
		}
		if _, twice := has[f.SHA256]; twice {
			return broken(where, "filen %s står två gånger.", f.SHA256)
		}
		if f.Erased {
			if v.r.has(name) {
				return broken(name, "filen sägs vara gallrad men är kvar.")
			}
			if !v.erased(func(e *domain.Erasure) bool { return e.CoversFile(f.SHA256) }) {
				return broken(where, "filen %s sägs vara gallrad, men ingen post i registret säger det.", f.SHA256)
			}
			has[f.SHA256] = -1
			v.rep.Erased++
			return nil
		}
		size, sum, err := v.r.sum(name)
		if err != nil {
			return err
		}
		if sum != f.SHA256 || size != f.Size {
			return broken(name, "filen är inte den som posterna anger: den är utbytt eller ändrad (den har kontrollsumman %s).", sum)
		}
		has[f.SHA256] = size
		v.rep.Files++
		v.rep.FileBytes += size
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range v.of[v.rep.Stream] {
		_, files := Refs(&s.event)
		for _, f := range files {
			if _, found := has[f]; !found && v.lostFile(s.event.Stream, f) {
				v.note("Filen %s gick förlorad med databasen, som en post i loggen säger.", f)
				has[f] = -1
			}
			if _, found := has[f]; !found {
				return s.broken("filen %s, som posten anger, saknas i paketet.", f)
			}
		}
		for _, d := range s.event.Documents {
			if d.SHA256 != "" && has[d.SHA256] >= 0 && d.Size != has[d.SHA256] {
				return s.broken("filen %s är %d byte, men posten anger %d.", d.SHA256, has[d.SHA256], d.Size)
			}
		}
	}
	return nil
}

// pinned: the wheel and the organisation are those that the cycle started from.
func (v *verifier) pinned() error {
	launch := v.of[v.rep.Stream][0]
	l := launch.event.Launched
	for _, p := range []struct {
		name, what string
		pinned     []byte
	}{{memberWheel, "årshjulet", domain.Canonical(l.Wheel)}, {memberOrganisation, "organisationen", domain.Canonical(l.Registry)}} {
		text, err := v.r.bytes(p.name)
		if err != nil {
			return err
		}
		if !bytes.Equal(text, p.pinned) {
			return broken(p.name, "%s är inte den cykeln startades med enligt %s: det är utbytt. Cykelns har kontrollsumman %s.", p.what, at(launch.index, &launch.event), domain.DigestOf(p.pinned))
		}
	}
	if !v.r.has(memberWheelText) {
		v.note("Årshjulets fil, som den skrevs, finns inte i paketet. Regeldelen finns och är kontrollerad.")
		return nil
	}
	text, err := v.r.bytes(memberWheelText)
	if err != nil {
		return err
	}
	read, err := wheelfile.Read(memberWheelText, text)
	if err != nil {
		return broken(memberWheelText, "årshjulets fil går inte att läsa med det här programmet (%v).", err)
	}
	if read.Wheel.Hash() != l.Wheel.Hash() {
		return broken(memberWheelText, "årshjulets fil ger andra regler än dem cykeln startades med: den är utbytt.")
	}
	return nil
}

// receipts: the receipts hold, by both libraries, and are of the entries that they say.
func (v *verifier) receipts() error {
	of := map[string]*shown{}
	for _, s := range v.of[v.rep.Stream] {
		if decides(s.event.Kind) {
			of[receiptName(s.index)] = s
		}
	}
	for _, name := range v.r.folder(folderReceipts) {
		s := of[name]
		if s == nil {
			return broken(name, "kvittot är inte av något beslut i %s.", v.rep.Stream)
		}
		delete(of, name)
		text, err := v.r.bytes(name)
		if err != nil {
			return err
		}
		r, err := proof.ParseReceipt(text)
		if err != nil {
			return broken(name, "%v", err)
		}
		signed, err := r.Verify(s.leaf, v.keys)
		if err != nil {
			return broken(name, "%v", err)
		}
		if !bytes.Equal(r.Leaf, s.leaf) || r.Index != s.index {
			return broken(name, "kvittot är av en annan post än %s.", at(s.index, &s.event))
		}
		if err := second.VerifyInclusion(rfc6962.DefaultHasher, r.Index, signed.Size, rfc6962.DefaultHasher.HashLeaf(s.leaf), bytesOf(r.Path), signed.Root[:]); err != nil {
			return broken(name, "det andra biblioteket godtar inte kvittot.")
		}
	}
	if len(of) > 0 {
		return broken(slices.Min(slices.Collect(maps.Keys(of))), "kvittot saknas i paketet.")
	}
	return nil
}

// page: the page says what the entries say.
func (v *verifier) page() error {
	if v.r.manifest.Page != pageVersion {
		v.note("Sidan %s är skriven av en annan utgåva av programmet (form %d, och den här har %d), så dess ord är inte kontrollerade.", memberPage, v.r.manifest.Page, pageVersion)
		return nil
	}
	has, err := v.r.bytes(memberPage)
	if err != nil {
		return err
	}
	src, err := v.source()
	if err != nil {
		return err
	}
	t := &told{src: src, states: v.states, tree: v.tree}
	for _, text := range v.notes {
		c, err := readNote(text)
		if err != nil {
			return broken(memberPage, "%v", err)
		}
		t.checkpoints = append(t.checkpoints, c)
	}
	for i := range v.shown {
		t.events = append(t.events, v.shown[i].event)
	}
	want, err := t.page()
	if err != nil {
		return broken(memberPage, "sidan går inte att skriva på nytt (%v).", err)
	}
	if !bytes.Equal(has, want) {
		return broken(memberPage, "sidan säger något annat än posterna: den är ändrad.")
	}
	return nil
}

// source is what the page is made from, as it was read and found to be right.
func (v *verifier) source() (*Source, error) {
	src := &Source{Stream: v.rep.Stream, Program: v.r.manifest.Program, Hashes: v.leaves, Checkpoints: v.notes}
	for i := range v.shown {
		src.Entries = append(src.Entries, Entry{v.shown[i].index, v.shown[i].leaf})
	}
	for _, h := range v.r.manifest.Histories {
		src.Histories = append(src.Histories, History{Stream: h.Stream, Run: h.Run, Complete: h.Complete})
	}
	if err := readJSONLines(v.r, memberTexts, func(_ string, t *Text) error { src.Texts = append(src.Texts, *t); return nil }); err != nil {
		return nil, err
	}
	err := readJSONLines(v.r, memberFiles, func(_ string, f *File) error { src.Files = append(src.Files, *f); return nil })
	return src, err
}

// Sentences tells what was found to be true, for people.
func (r *Report) Sentences() []string {
	state := "pågår"
	if r.Ended {
		state = "har slutat"
	}
	all := []string{
		sentence("%s %s: %d poster från den %s till den %s, %d steg.", r.Stream, state, r.Entries, r.First.Date().Swedish(), r.Last.Date().Swedish(), r.Steps),
		sentence("Loggen %s: %d poster, av dem %d i paketet. Kontrollsumma %s, räknad på två oberoende sätt.", r.Log, r.Size, r.Shown, r.Root),
		sentence("Kontrollpunkter: %d i %d epok(er). Den nyaste omfattar %d poster, till och med den %s kl. %s, och är underskriven av %s.", r.Checkpoints, r.Epochs, r.Newest,
			r.NewestAt.Date().Swedish(), r.NewestAt.Time().In(domain.Stockholm).Format("15.04"), strings.Join(r.Signers, " och ")),
		sentence("Godkännanden vars underlag är prövat på nytt (andra person, roll den dagen, jäv, version, grind): %d.", r.Approvals),
		sentence("Kommandon dömda på nytt av reglerna: %d. Händelser av att tiden gått, räknade på nytt: %d.", r.Judged, r.Passed),
		sentence("Texter: %d, gallrade: %d. Filer: %d (%d byte). Historiker jämförda med loggen: %d.", r.Texts, r.Erased, r.Files, r.FileBytes, r.Runs),
	}
	if r.Continues > 0 {
		all = append(all, sentence("Loggen är en fortsättning på de kontrollpunkter du hade: %d.", r.Continues))
	}
	if r.Unjudged > 0 {
		all = append(all, sentence("OBS: %d kommandon finns i ingen historik och är inte dömda på nytt.", r.Unjudged))
	}
	if r.OwnKeys {
		all = append(all, "OBS: underskriften är prövad med den nyckel som ligger i paketet. Den som har bytt ut hela paketet kan ha bytt nyckeln också: ange nyckeln du har fått på annat sätt med --key.")
	}
	return append(all, r.Notes...)
}
