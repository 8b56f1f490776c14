package pack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"sync"

	"arshjul/domain"
	"arshjul/internal/proof"

	"github.com/transparency-dev/merkle/compact"
	second "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"
)

func sentence(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// readLog reads leaf hashes and entries, and holds each entry against its hash, its canonical form and its place.
func (v *verifier) readLog() (err error) {
	if v.leaves, err = v.r.hashes(); err != nil {
		return err
	}
	v.rep.Size = uint64(len(v.leaves))
	if v.r.manifest.Size != v.rep.Size {
		return broken(memberHashes, "loggen har %d poster enligt innehållsförteckningen, men här står %d.", v.r.manifest.Size, v.rep.Size)
	}
	err = v.r.lines(memberEntries, func(nr int, line []byte) error {
		place, leaf, ok := bytes.Cut(line, []byte(" "))
		index, err := strconv.ParseUint(string(place), 10, 63)
		if !ok || err != nil || len(v.shown) > mostEntries || strconv.FormatUint(index, 10) != string(place) {
			return broken(fmt.Sprintf("%s, rad %d", memberEntries, nr), "raden är ingen post: den ska börja med postens plats i loggen.")
		}
		if n := len(v.shown); n > 0 && index <= v.shown[n-1].index {
			return broken(fmt.Sprintf("%s, rad %d", memberEntries, nr), "post %d står efter post %d: posterna är omkastade.", index, v.shown[n-1].index)
		}
		if index >= v.rep.Size {
			return broken(fmt.Sprintf("%s, rad %d", memberEntries, nr), "post %d finns inte i loggen, som har %d poster.", index, v.rep.Size)
		}
		v.shown = append(v.shown, shown{index: index, leaf: leaf, line: nr})
		return nil
	})
	if err != nil {
		return err
	}
	v.decode()
	if v.tree, err = grow(v.leaves); err != nil {
		return err
	}
	return v.places()
}

// decode reads every entry, on all processors, and notes what is wrong with one by itself.
func (v *verifier) decode() {
	const chunk = 256
	work := make(chan []shown)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for part := range work {
				for i := range part {
					part[i].fault = part[i].decode(v.leaves[part[i].index], v.rep.Log)
				}
			}
		})
	}
	for from := 0; from < len(v.shown); from += chunk {
		work <- v.shown[from:min(from+chunk, len(v.shown))]
	}
	close(work)
	wg.Wait()
}

func (s *shown) decode(hash tlog.Hash, log string) string {
	if err := json.Unmarshal(s.leaf, &s.event); err != nil {
		return "lövet går inte att läsa som en händelse."
	}
	if tlog.RecordHash(s.leaf) != hash || !bytes.Equal(rfc6962.DefaultHasher.HashLeaf(s.leaf), hash[:]) {
		return "posten är inte den som loggen har på den platsen: den är ändrad."
	}
	if !bytes.Equal(s.event.Encode(), s.leaf) {
		return "lövet är inte skrivet i den fastställda formen (kanonisk JSON)."
	}
	if domain.LogOf(s.event.Stream) != log {
		return sentence("posten hör till strömmen %q, som inte skrivs i loggen %s.", s.event.Stream, log)
	}
	return ""
}

// places sees that no entry is missing: each stream's are numbered from 1 without gaps, and what is hidden can be none of
// the cycle's own.
func (v *verifier) places() error {
	for i := range v.shown {
		s := &v.shown[i]
		if s.fault != "" {
			return broken(fmt.Sprintf("post %d i loggen (%s, rad %d)", s.index, memberEntries, s.line), "%s", s.fault)
		}
		v.of[s.event.Stream] = append(v.of[s.event.Stream], s)
	}
	for _, stream := range Streams(v.rep.Stream) {
		for i, s := range v.of[stream] {
			if want := uint64(i + 1); s.event.Seq != want {
				return s.broken("här skulle %s ha händelse %d: en post är borttagen, inskjuten eller flyttad.", stream, want)
			}
		}
	}
	own := v.of[v.rep.Stream]
	if len(own) == 0 {
		return broken(memberEntries, "paketet har ingen post av %s.", v.rep.Stream)
	}
	v.rep.Shown, v.rep.Entries = len(v.shown), len(own)
	v.rep.First, v.rep.Last = own[0].event.At, own[len(own)-1].event.At
	hidden := func(from uint64) (uint64, bool) { // the first that is not shown
		next := from
		for i := range v.shown {
			if v.shown[i].index < from {
				continue
			}
			if v.shown[i].index != next {
				return next, true
			}
			next++
		}
		return next, next < v.rep.Size
	}
	from := own[len(own)-1].index + 1
	if streamKind(v.rep.Stream) == "exercise" {
		from = 0 // the log is its own
	} else if k := own[len(own)-1].event.Kind; k == domain.EvCompleted || k == domain.EvCancelled {
		return nil // nothing can follow
	}
	if index, found := hidden(from); found {
		return broken(sentence("post %d i loggen", index), "posten visas inte i paketet, fast den kan höra till %s: poster i slutet kan vara borttagna.", v.rep.Stream)
	}
	return nil
}

// checkpoints holds the tree against every signed checkpoint, in two ways.
func (v *verifier) checkpoints() error {
	keys := v.o.Keys
	if len(keys) == 0 {
		text, err := v.r.bytes(memberKeys)
		if err != nil {
			return err
		}
		if keys, err = proof.ParseKeys(string(text)); err != nil {
			return broken(memberKeys, "%v Ange nyckeln du har fått på annat sätt med --key: utan den går det inte att se vem som har skrivit under loggen.", err)
		}
		v.rep.OwnKeys = true
	}
	v.keys = keys
	names := v.r.folder(folderCheckpoints)
	if len(names) == 0 {
		return broken(folderCheckpoints, "paketet har ingen kontrollpunkt: ingen har skrivit under loggen.")
	}
	roots := newRoots(v.leaves)
	if err := v.epochs(keys, names); err != nil {
		return err
	}
	for _, name := range names {
		text, err := v.r.bytes(name)
		if err != nil {
			return err
		}
		signed, err := keys.Open(text)
		if err != nil {
			return broken(name, "%v", err)
		}
		if err := v.checkpoint(name, signed, roots); err != nil {
			return err
		}
		v.signed, v.notes = append(v.signed, signed), append(v.notes, text)
	}
	v.rep.Checkpoints = len(v.signed)
	newest := v.signed[len(v.signed)-1]
	v.rep.Newest, v.rep.Root = newest.Size, newest.Root
	for _, k := range newest.Keys {
		v.rep.Signers = append(v.rep.Signers, k.Verifier.Name())
	}
	if newest.Size < v.rep.Size {
		return broken(names[len(names)-1], "den nyaste kontrollpunkten omfattar %d poster, men paketet har %d: de sista är det ingen som har skrivit under.", newest.Size, v.rep.Size)
	}
	var last *shown
	for i := range v.shown {
		last = &v.shown[i]
		v.rep.NewestAt = max(v.rep.NewestAt, last.event.At)
	}
	if streamKind(v.rep.Stream) == "cycle" {
		if err := newest.Counts(v.rep.NewestAt.Time()); err != nil {
			return broken(names[len(names)-1], "%v", err)
		}
	}
	if err := v.consistency(); err != nil {
		return err
	}
	return v.known(keys, roots)
}

// epochs sees that each epoch after the first was declared by two persons in the log, with the last checkpoint before it and
// what was lost.
func (v *verifier) epochs(keys proof.Keys, names []string) error {
	var all []proof.Checkpoint
	for _, name := range names {
		text, err := v.r.bytes(name)
		if err != nil {
			return err
		}
		signed, err := keys.Open(text)
		if err != nil {
			return broken(name, "%v", err)
		}
		all = append(all, signed.Checkpoint)
	}
	events := make([]domain.Event, len(v.shown))
	for i := range v.shown {
		events[i] = v.shown[i].event
	}
	var err error
	if v.epoch, err = proof.Epochs(v.rep.Log, events, all); err != nil {
		return broken(folderCheckpoints, "%v", err)
	}
	v.rep.Epochs = len(v.epoch)
	for _, e := range v.epoch {
		if d := e.Declared; d != nil {
			v.note("Epok %d av loggen började när poster från och med %d (av %d underskrivna) hade gått förlorade eller blivit andra. Det anmäldes av %s och bekräftades av %s, och står i loggen.", e.Nr, e.From, e.To, d.By, d.Confirmed)
		}
	}
	return nil
}

// keeps is how many of the entries that an epoch's checkpoints cover are in the log still: all, unless a later epoch was
// declared because some were lost.
func keeps(epochs []proof.Epoch, nr int) uint64 {
	most := uint64(math.MaxInt64)
	for _, e := range epochs {
		if e.Nr > nr && e.Declared != nil {
			most = min(most, e.From)
		}
	}
	return most
}

// checkpoint holds one checkpoint against the tree.
func (v *verifier) checkpoint(name string, c proof.Signed, roots *roots) error {
	log, epoch, err := proof.ParseOrigin(c.Origin)
	if err != nil {
		return broken(name, "%v", err)
	}
	if log != v.rep.Log {
		return broken(name, "kontrollpunkten är av loggen %s, inte av %s.", log, v.rep.Log)
	}
	if n := len(v.signed); n > 0 && c.Origin == v.signed[n-1].Origin && c.Size < v.signed[n-1].Size {
		return broken(name, "kontrollpunkten omfattar %d poster, men den före %d: en logg krymper aldrig.", c.Size, v.signed[n-1].Size)
	}
	if c.Size > keeps(v.epoch, epoch) {
		return nil // of entries that were lost, and are declared to be
	}
	if c.Size > v.rep.Size {
		return broken(name, "kontrollpunkten omfattar %d poster, men paketet har bara %d: poster är borttagna.", c.Size, v.rep.Size)
	}
	return v.sameRoot(name, c.Checkpoint, roots)
}

func (v *verifier) sameRoot(name string, c proof.Checkpoint, roots *roots) error {
	one, err := v.tree.root(c.Size)
	if err != nil {
		return broken(name, "trädet går inte att räkna om (%v).", err)
	}
	two, err := roots.at(c.Size)
	if err != nil || one != two {
		return broken(name, "två oberoende beräkningar av loggens kontrollsumma ger olika svar (%s och %s, %v). Felet ligger i programmet, inte i paketet: säg till den som gav dig det.", one, two, err)
	}
	if one != c.Root {
		return broken(name, "kontrollpunktens kontrollsumma för de %d första posterna är %s, men posterna i paketet ger %s: någon post är ändrad, tillagd eller borttagen, eller kontrollpunkten är av en annan logg.", c.Size, c.Root, one)
	}
	return nil
}

// consistency checks the proofs that go with the checkpoints, with both libraries.
func (v *verifier) consistency() error {
	proofs := map[[2]uint64]tlog.TreeProof{}
	err := v.r.lines(memberConsistency, func(nr int, line []byte) error {
		where := fmt.Sprintf("%s, rad %d", memberConsistency, nr)
		fields := bytes.Fields(line)
		if len(fields) < 2 || len(fields) > 200 {
			return broken(where, "raden är inget bevis.")
		}
		old, err1 := strconv.ParseUint(string(fields[0]), 10, 63)
		size, err2 := strconv.ParseUint(string(fields[1]), 10, 63)
		if err1 != nil || err2 != nil {
			return broken(where, "raden är inget bevis.")
		}
		p := tlog.TreeProof{}
		for _, f := range fields[2:] {
			h, err := tlog.ParseHash(string(f))
			if err != nil {
				return broken(where, "raden är inget bevis.")
			}
			p = append(p, h)
		}
		proofs[[2]uint64{old, size}] = p
		return nil
	})
	if err != nil {
		return err
	}
	for i := 1; i < len(v.signed); i++ {
		old, next := v.signed[i-1].Checkpoint, v.signed[i].Checkpoint
		_, epoch, err := proof.ParseOrigin(next.Origin)
		if err != nil {
			return broken(memberConsistency, "%v", err)
		}
		if old.Origin != next.Origin || old.Size == 0 || next.Size > keeps(v.epoch, epoch) {
			continue
		}
		p, found := proofs[[2]uint64{old.Size, next.Size}]
		if !found {
			return broken(memberConsistency, "beviset för att loggen med %d poster är en fortsättning på den med %d saknas.", next.Size, old.Size)
		}
		if err := proof.CheckConsistency(old, next, p); err != nil {
			return broken(memberConsistency, "%v", err)
		}
		if err := second.VerifyConsistency(rfc6962.DefaultHasher, old.Size, next.Size, bytesOf(p), old.Root[:], next.Root[:]); err != nil {
			return broken(memberConsistency, "det andra biblioteket godtar inte att loggen med %d poster är en fortsättning på den med %d.", next.Size, old.Size)
		}
	}
	return nil
}

// known holds the tree against checkpoints that who checks the pack has from elsewhere.
func (v *verifier) known(keys proof.Keys, roots *roots) error {
	for i, text := range v.o.Checkpoints {
		where := fmt.Sprintf("din kontrollpunkt %d", i+1)
		c, err := keys.Open(text)
		if err != nil {
			return broken(where, "%v", err)
		}
		log, epoch, err := proof.ParseOrigin(c.Origin)
		switch {
		case err != nil:
			return broken(where, "%v", err)
		case log != v.rep.Log:
			return broken(where, "kontrollpunkten är av loggen %s, och paketet av %s. Ange en av samma logg.", log, v.rep.Log)
		case epoch > v.rep.Epochs:
			return broken(where, "kontrollpunkten är av epok %d, och paketet slutar i epok %d: paketet är äldre än kontrollpunkten, eller så är loggen tillbakarullad.", epoch, v.rep.Epochs)
		case c.Size > keeps(v.epoch, epoch):
			if !v.has(c) {
				return broken(where, "kontrollpunkten omfattar poster som gick förlorade när en ny epok började, och står inte i paketet.")
			}
		case c.Size > v.rep.Size:
			return broken(where, "du har en kontrollpunkt av %d poster, men paketet har bara %d: paketet är äldre än kontrollpunkten, eller så är loggen tillbakarullad.", c.Size, v.rep.Size)
		default:
			if err := v.sameRoot(where, c.Checkpoint, roots); err != nil {
				return err
			}
		}
		v.rep.Continues++
	}
	return nil
}

// has tells whether the pack holds the same checkpoint.
func (v *verifier) has(c proof.Signed) bool {
	for i := range v.signed {
		if v.signed[i].Checkpoint == c.Checkpoint {
			return true
		}
	}
	return false
}

// roots computes the tree's roots a second way, with github.com/transparency-dev/merkle, so that one library's bug cannot
// hide what is wrong with a log.
type roots struct {
	leaves []tlog.Hash
	grown  *compact.Range
	made   map[uint64]tlog.Hash
}

func newRoots(leaves []tlog.Hash) *roots {
	f := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	return &roots{leaves: leaves, grown: f.NewEmptyRange(0), made: map[uint64]tlog.Hash{}}
}

func (r *roots) at(size uint64) (tlog.Hash, error) {
	if h, found := r.made[size]; found {
		return h, nil
	}
	if size == 0 {
		return tlog.Hash(rfc6962.DefaultHasher.EmptyRoot()), nil
	}
	if size < r.grown.End() {
		r.grown = newRoots(r.leaves).grown
	}
	for i := r.grown.End(); i < size; i++ {
		if err := r.grown.Append(r.leaves[i][:], nil); err != nil {
			return tlog.Hash{}, err
		}
	}
	b, err := r.grown.GetRootHash(nil)
	if err != nil {
		return tlog.Hash{}, err
	}
	r.made[size] = tlog.Hash(b)
	return r.made[size], nil
}

func bytesOf[H ~[]tlog.Hash](all H) [][]byte {
	b := make([][]byte, len(all))
	for i := range all {
		b[i] = all[i][:]
	}
	return b
}
