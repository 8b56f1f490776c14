package mail

import (
	"fmt"

	"arshjul/domain"
	"arshjul/internal/store"
)

// revised tells that KF has decided another frame or other mål for a nämnd. There is nothing to do by a day.
func revised(s *domain.State, n *store.Notice, title, base string) Item {
	return Item{Do: "Läs vad fullmäktige har ändrat: " + title, Cycle: cycleTitle(s.Cycle), URL: stepURL(base, n.Stream, n.Step),
		Why:   fmt.Sprintf("Du är %s i %s, som fullmäktige har beslutat en ny ram eller nya mål för.", roleTitle(s, n.Role), unitName(s, n.Unit)),
		Rule:  "Den som förbereder det som vilar på ramen eller målen får veta när fullmäktige ändrar dem under året (KL 11:15).",
		Stops: "det här mejlet är skickat. Det berättas bara en gång."}
}
