package rehearsal

import (
	"fmt"
	"slices"
	"strings"

	"arshjul/domain"
)

// NoAddress is the code of the finding that no mail reaches whoever a step will wait for. Rehearsal does not know
// addresses; a launch does.
const NoAddress = "no_address"

// Unreachable finds the roles that the cycle will wait for and whose holders nobody can reach: an error when none of them
// has an address, a warning for one who has none beside others. It names persons by their ids.
func Unreachable(l *domain.Launch, r *domain.Rehearsal, reached map[domain.PersonID]bool) []domain.Finding {
	var found []domain.Finding
	for _, h := range r.Roles {
		without := slices.DeleteFunc(slices.Clone(h.People), func(p domain.PersonID) bool { return reached[p] })
		if len(without) == 0 {
			continue
		}
		i := slices.IndexFunc(r.Steps, func(s domain.RehearsedStep) bool { return s.ID == h.Step })
		f := domain.Finding{Code: NoAddress, Level: domain.LevelWarning, Step: h.Step, Unit: r.Steps[i].Unit}
		who, has := people(without), "har rollen"
		if len(without) == len(h.People) {
			f.Level, has = domain.LevelError, "är ensam om rollen"
			if len(without) > 1 {
				has = "är de som har rollen"
			}
		}
		f.Text = fmt.Sprintf("%s: %s %s %s i %s men har ingen e-postadress. Lägg in den på sidan Utskick, eller med arshjul mail set-address --person %s --address ADRESS.",
			Title(&l.Wheel, &l.Registry, &r.Steps[i]), who, has, roleTitle(&l.Wheel, h.Role), unitName(&l.Registry, h.Unit), without[0])
		if !slices.ContainsFunc(found, func(g domain.Finding) bool { return g.Text == f.Text }) {
			found = append(found, f)
		}
	}
	return found
}

func people(ids []domain.PersonID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " och " + names[n-1]
	}
	return names[0]
}

func roleTitle(w *domain.Wheel, id domain.RoleID) string {
	if def := w.Role(id); def != nil {
		return def.Title
	}
	return string(id)
}

func unitName(r *domain.Registry, id domain.UnitID) string {
	if u := r.Unit(id); u != nil {
		return u.Name
	}
	return string(id)
}
