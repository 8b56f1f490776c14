package signer

import (
	"context"
	"slices"

	"arshjul/internal/proof"
)

const adopt = "Om undertecknarens katalog är förlorad eller återläst: ge den den senaste kontrollpunkten som visats (revisorerna har den) med arshjul signer adopt."

// memoryHolds refuses when something has been shown that the memory does not know: then it is older than it should be, or
// somebody else shows checkpoints.
func (s *Signer) memoryHolds(ctx context.Context, v view, was *last, no *Refusal) error {
	epoch, size := 0, uint64(0)
	if was != nil {
		epoch, size = was.Epoch, was.Size
	}
	after, err := v.shown(ctx, epoch, size)
	if err != nil {
		return err
	}
	for _, c := range after {
		if _, err := s.opened(v.log, c); err != nil {
			no.Code = Forged
			return no.because("databasen har en kontrollpunkt över %d poster som ingen av undertecknarens nycklar har skrivit under. Någon har skrivit den vid sidan av programmet: ta reda på vem, och ta bort raden ur tabellen checkpoint.", c.Size)
		}
	}
	var newest shown
	if len(after) > 0 {
		newest = after[len(after)-1]
	}
	published, err := s.published(v.log)
	if err != nil {
		return err
	}
	for _, c := range published {
		if c.Epoch > max(epoch, newest.Epoch) || c.Epoch == max(epoch, newest.Epoch) && c.Size > max(int64(size), newest.Size) {
			newest = c
		}
	}
	switch {
	case newest.Epoch == 0:
		return nil
	case was == nil:
		no.Code = StateMissing
		return no.because("undertecknaren har ingen anteckning om den, men har visat en kontrollpunkt över %d poster. %s", newest.Size, adopt)
	}
	no.Code = StateOlder
	return no.because("undertecknarens anteckning är äldre (%d poster) än vad den har visat (%d poster). %s", size, newest.Size, adopt)
}

// opened reads a checkpoint that is shown, as one of ours and of this log.
func (s *Signer) opened(log string, c shown) (proof.Signed, error) {
	signed, err := s.ours.Open([]byte(c.Note))
	if err == nil && (signed.Origin != proof.Origin(log, c.Epoch) || signed.Size != uint64(c.Size)) {
		err = &proof.Error{Code: proof.CodeOrigin, Text: "raden säger något annat än kontrollpunkten"}
	}
	return signed, err
}

// shownHold refuses when a checkpoint in the database is none of ours, or signed by our key without us. It is asked when
// the whole log has been read.
func (s *Signer) shownHold(ctx context.Context, v view, was *last, no *Refusal) error {
	all, err := v.shown(ctx, 0, 0)
	if err != nil {
		return err
	}
	signed := map[int][]signedOne{was.Epoch: was.Before}
	for _, c := range all {
		if signed[c.Epoch] == nil {
			if signed[c.Epoch], err = s.mem.signed(v.log, c.Epoch); err != nil {
				return err
			}
		}
		opened, err := s.opened(v.log, c)
		switch {
		case err != nil:
			no.Code = Forged
			return no.because("databasens kontrollpunkt över %d poster är ändrad, eller skriven av någon annan (%v). Ta reda på vem, och sätt tillbaka den som undertecknaren skrev.", c.Size, err)
		case !slices.Contains(signed[c.Epoch], signedOne{opened.Size, opened.Root}) && !s.adopted(v.log, c.Epoch):
			no.Code = KeyElsewhere
			return no.because("databasen har en kontrollpunkt över %d poster som är skriven med undertecknarens nyckel, men inte av undertecknaren. Någon annan har nyckeln: byt den, och tala om det för revisorerna.", c.Size)
		}
	}
	return nil
}

// epochAfter looks for a declaration by two persons that what was signed last cannot be continued, and begins the epoch.
func (s *Signer) epochAfter(ctx context.Context, v view, was *last, no *Refusal, f finding) (finding, error) {
	if was == nil {
		return finding{}, no
	}
	declared, err := v.epochs(ctx)
	if err != nil {
		return finding{}, err
	}
	for _, e := range declared {
		if e.Origin != was.Origin || e.Size != was.Size || e.Root != was.Root.String() {
			continue
		}
		if e.From > no.Whole {
			no.Code = EpochHides
			no.because("epok %d är anmäld med att poster från och med %d är borta, men loggen är bara som den var till och med post %d. Anmäl epoken på nytt, med den siffran.", e.Nr(), e.From, int64(no.Whole)-1)
			continue // another declaration may say it right
		}
		f.epoch, f.begins = was.Epoch+1, true
		return f, f.tree.prune()
	}
	return finding{}, no
}
