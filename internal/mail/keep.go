package mail

import (
	"context"
	"fmt"

	"arshjul/internal/store"
)

// keepItem tells a revisor of a checkpoint, with the signed text as it is: a copy of it outside is what shows if the log is
// changed afterwards.
func (o *Office) keepItem(ctx context.Context, kommun string, n store.Notice) (Item, error) {
	c, err := o.store.KeptCheckpoint(ctx, kommun, n)
	if err != nil {
		return Item{}, err
	}
	item := Item{
		Do: fmt.Sprintf("Spara journalens kontrollpunkt över %d poster", c.Size), Cycle: fmt.Sprintf("Kommunens journal, loggen %s", kommun), Keep: string(c.Note), Urgent: n.Urgent,
		Why:   "Du är revisor. En kopia som ligger utanför årshjul visar om journalen har ändrats i efterhand.",
		Rule:  "Ett mejl om dagen när journalen har vuxit, och ett genast när en ny epok har börjat. Spara mejlet; du behöver inte läsa raderna.",
		Stops: "din roll som revisor slutar.",
		URL:   o.pages(kommun) + "/journal", Opens: "journalen",
	}
	if n.Urgent {
		item.Do = fmt.Sprintf("En ny epok av journalen har börjat. Spara kontrollpunkten över %d poster", c.Size)
		item.Waits = fmt.Sprintf("Epok %d: poster som var underskrivna är borta eller ändrade. Två personer har anmält det, och anmälan står i journalen med vad som är borta.", c.Epoch)
	}
	return item, nil
}
