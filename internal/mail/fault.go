package mail

import (
	"context"

	"arshjul/domain"
	"arshjul/internal/store"
)

// faultItem tells of faults in the pages that somebody has reported; false when a fresh one finds them all answered. What
// was reported, and how to reach who did, stays on the page, where it can be erased.
func (o *Office) faultItem(ctx context.Context, kommun string, n store.Notice, fresh bool) (Item, bool, error) {
	if fresh {
		if open, err := o.store.OpenFaults(ctx, kommun); err != nil || open == 0 {
			return Item{}, false, err
		}
	}
	item := Item{
		Do: "Svara på anmälda fel i sidorna", Cycle: "Alla cykler", URL: o.pages(kommun) + "/felanmalningar", Opens: "anmälningarna",
		Why:   "Du är cykelansvarig, och någon har anmält ett fel på sidan Tillgänglighet. Vad som är anmält står på sidan Anmälda fel.",
		Rule:  "Registeransvarig och cykelansvarig får veta när någon har anmält ett fel.",
		Stops: "anmälningarna är markerade som besvarade, av dig eller någon annan.",
	}
	if n.Role == domain.RoleRegistrar {
		item.Why = "Du är registeransvarig, och någon har anmält ett fel på sidan Tillgänglighet. Vad som är anmält står på sidan Anmälda fel."
	}
	return item, true, nil
}
