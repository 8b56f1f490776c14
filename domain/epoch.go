package domain

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Epoch begins a log anew for whoever signs it, after a restore that lost entries: it names the last checkpoint that was
// signed before, which no longer can be continued, and what was lost. It counts when a second person has confirmed it.
type Epoch struct {
	Number uint64 `json:"number"` // of the declaration, in the registry
	// Origin, Size and Root are the last signed checkpoint's, as the signer knows it.
	Origin string `json:"origin,omitempty"`
	Size   uint64 `json:"size,omitempty"`
	Root   string `json:"root,omitempty"` // in base64
	// From is the first entry that may be lost: those before it are as they were, and what stood in [From, Size) is gone, or
	// stands there no longer the same.
	From      uint64   `json:"from,omitempty"`
	By        PersonID `json:"by,omitempty"`
	Confirmed PersonID `json:"confirmed,omitempty"`
	Reason    TextRef  `json:"reason,omitempty"` // set by the rules: the command's text
}

// Log is the log that the epoch is of, and Nr its number there, from 2; "" and 0 when Origin is no origin.
func (e *Epoch) Log() string { log, _, _ := ParseOrigin(e.Origin); return log }

// Nr is the epoch's number in its log, from 2: the one after that of Origin.
func (e *Epoch) Nr() int { _, nr, _ := ParseOrigin(e.Origin); return nr + 1 }

const originPrefix = "arshjul/"

// Origin names a log in an epoch, for the first line of its checkpoints: "arshjul/1283", "arshjul/exercise/1283/2028/1",
// and from the second epoch on "arshjul/1283#2".
func Origin(log string, epoch int) string {
	if epoch <= 1 {
		return originPrefix + log
	}
	return originPrefix + log + "#" + strconv.Itoa(epoch)
}

// ParseOrigin gives the log and the epoch that an origin names; false when it is none of ours.
func ParseOrigin(origin string) (log string, epoch int, ok bool) {
	rest, ours := strings.CutPrefix(origin, originPrefix)
	log, nr, later := strings.Cut(rest, "#")
	epoch = 1
	if later {
		var err error
		if epoch, err = strconv.Atoi(nr); err != nil || epoch < 2 || epoch > 1_000_000 || strconv.Itoa(epoch) != nr {
			return "", 0, false
		}
	}
	if !ours || log == "" || strings.ContainsFunc(log, func(r rune) bool { return r <= ' ' || r == '+' || r > '~' }) {
		return "", 0, false
	}
	return log, epoch, true
}

// EpochOf is the epoch that a log is in, as far as the registry knows: 1 until two persons have declared another.
func (r *Registry) EpochOf(log string) int {
	nr := 1
	for i := range r.Epochs {
		if e := &r.Epochs[i]; e.Confirmed != "" && e.Log() == log {
			nr = max(nr, e.Nr())
		}
	}
	return nr
}

// declareEpoch judges the declaration of a new epoch of the log in which it is written.
func (j *judge) declareEpoch(r *Registry, ev *Event) error {
	e := *j.c.Epoch
	log, nr, ok := ParseOrigin(e.Origin)
	root, err := base64.StdEncoding.Strict().DecodeString(e.Root)
	switch here := LogOf(j.s.Stream); {
	case len(e.Origin) > 200:
		return refuse(CodeEpoch, "Kontrollpunktens namn är för långt.")
	case e.Number != 0 || e.By != "" || e.Confirmed != "" || e.Reason != "":
		return refuse(CodeUnknownField, "Numret och personerna sätts här, och skälet skrivs i kommandots text. Ta bort dem.")
	case !ok || log != here:
		return refuse(CodeEpoch, "%q är inte den här loggens namn. Ange kontrollpunkten som undertecknaren visar den: första raden är %s.", e.Origin, Origin(here, r.EpochOf(here)))
	case nr > r.EpochOf(log): // an earlier one is no fault: what was declared wrongly is declared again
		return refuse(CodeEpoch, "Loggen är i epok %d, och kontrollpunkten är från epok %d. Ange den senaste kontrollpunkten som undertecknaren har.", r.EpochOf(log), nr)
	case err != nil || len(root) != 32:
		return refuse(CodeEpoch, "%q är inte en kontrollpunkts kontrollsumma. Ange den som undertecknaren visar den.", e.Root)
	case e.Size == 0 || e.Size > 1<<53:
		return refuse(CodeEpoch, "Ange hur många poster den senaste kontrollpunkten omfattar.")
	case e.From > e.Size:
		return refuse(CodeEpoch, "Kontrollpunkten omfattar %d poster, så den första som kan vara borta är högst %d.", e.Size, e.Size)
	}
	e.Number, e.By, e.Reason = r.Issued+1, j.c.Actor, j.c.Text
	ev.Kind, ev.Epoch = EvEpochDeclared, &e
	return nil
}

// confirmEpoch judges the confirmation, by somebody else than the one who declared it.
func (j *judge) confirmEpoch(r *Registry, ev *Event) error {
	old := r.epoch(j.c.Epoch.Number)
	switch {
	case old == nil || old.Log() != LogOf(j.s.Stream):
		return refuse(CodeEpoch, "Det finns ingen anmäld epok med nummer %d. Kontrollera numret i registret.", j.c.Epoch.Number)
	case old.Confirmed != "":
		return refuse(CodeNothingChanged, "Epoken är redan bekräftad. Inget har ändrats.")
	case old.By == j.c.Actor:
		return refuse(CodeSecondPerson, "Du har själv anmält epoken. En annan registeransvarig, eller en cykelansvarig, behöver bekräfta den.")
	}
	e := *old
	e.Confirmed = j.c.Actor
	ev.Kind, ev.Epoch = EvEpochConfirmed, &e
	return nil
}

func (r *Registry) epoch(number uint64) *Epoch {
	for i := range r.Epochs {
		if r.Epochs[i].Number == number && number != 0 {
			return &r.Epochs[i]
		}
	}
	return nil
}

// takeEpoch changes the registry as an event about an epoch says.
func (r *Registry) takeEpoch(e *Event) {
	if e.Kind == EvEpochDeclared {
		r.Epochs = append(slices.Clip(r.Epochs), *e.Epoch)
		r.Issued = e.Epoch.Number
		return
	}
	r.Epochs = slices.Clone(r.Epochs)
	if old := r.epoch(e.Epoch.Number); old != nil {
		*old = *e.Epoch
	}
}

func epochDeclared(_ *State, e *Event, _ string) string {
	return fmt.Sprintf("Epok %d av loggen anmäldes: efter en återläsning är poster från och med %d till och med %d borta eller ändrade. En andra person behöver bekräfta det.",
		e.Epoch.Nr(), e.Epoch.From, e.Epoch.Size-1)
}

func epochConfirmed(_ *State, e *Event, _ string) string {
	return fmt.Sprintf("Epok %d av loggen bekräftades av en andra person. Den senaste kontrollpunkten före den omfattar %d poster.", e.Epoch.Nr(), e.Epoch.Size)
}
