package wheelfile

import (
	"slices"
	"strings"

	"arshjul/domain"
)

// checkNeeds finds needs that no cycle could meet, and an återremiss that leads nowhere.
func checkNeeds(f *faults, root *node, w *domain.Wheel) {
	for i := range w.Steps {
		def := &w.Steps[i]
		for k, n := range def.Needs {
			at := root.at("steg", i, "behöver", k, "steg")
			target := w.Def(n.Step)
			if target == nil {
				f.add(at, "steget %q finns inte. %s", n.Step, suggest(n.Step, stepIDs(w)))
				continue
			}
			if slices.ContainsFunc(def.Needs[:k], func(o domain.Need) bool { return o.Step == n.Step && (o.For == n.For || o.For*n.For == 0) }) {
				f.add(at, "steget %s står två gånger i listan. Ta bort det ena.", n.Step)
			}
			if times := len(def.Again) + 1; n.For > times {
				f.add(root.at("steg", i, "behöver", k, "gång"), "%s görs %d gånger, så gång %d finns inte. Rätta talet, eller lägg till en dag under \"när\".", def.ID, times, n.For)
			}
			if n.At != "" {
				checkReach(f, root.at("steg", i, "behöver", k, "vid"), target, n.At)
			}
		}
		if def.ReturnsTo != "" {
			checkReturn(f, root, w, i)
		}
	}
	for _, c := range circles(len(w.Steps), func(i int) []int { return needed(w, i) }) {
		f.add(root.at("steg", c[0], "behöver"), "stegen väntar på varandra i ring: %s. Ta bort ett av dem ur någon av listorna.", path(w, c))
	}
}

// checkReach refuses to wait for a status that the needed step never reaches.
func checkReach(f *faults, at pos, target *domain.StepDef, status domain.Status) {
	switch {
	case !mayBeBody(target):
		f.add(at, "%s är inget beslut av KF, KS eller en nämnd och blir inte %s. Skriv bara stegets namn, så räcker det att det är klart.", target.ID, status.Swedish())
	case status == domain.StatusHandedOver && !target.HandsOver:
		f.add(at, "%s lämnas inte över. Skriv \"överlämnas: true\" i det steget, eller välj ett annat ord.", target.ID)
	}
}

// checkReturn wants an återremiss to lead back to a step that this one waits for, directly or through others.
func checkReturn(f *faults, root *node, w *domain.Wheel, i int) {
	def := &w.Steps[i]
	at := root.at("steg", i, "återremitteras till")
	switch {
	case !mayBeBody(def):
		f.add(at, "bara det som KF, KS eller en nämnd beslutar kan återremitteras. Ta bort raden.")
	case def.ReturnsTo == def.ID:
		f.add(at, "utan den här raden görs det egna steget om. Ta bort raden.")
	case w.Def(def.ReturnsTo) == nil:
		f.add(at, "steget %q finns inte. %s", def.ReturnsTo, suggest(def.ReturnsTo, stepIDs(w)))
	case !slices.Contains(ancestors(w, i), indexOf(w, def.ReturnsTo)):
		f.add(at, "%s kommer inte före %s. Ange ett steg som det här väntar på, direkt eller genom andra.", def.ReturnsTo, def.ID)
	}
}

func stepIDs(w *domain.Wheel) []string {
	ids := make([]string, len(w.Steps))
	for i := range w.Steps {
		ids[i] = w.Steps[i].ID
	}
	return ids
}

func indexOf(w *domain.Wheel, id string) int {
	return slices.IndexFunc(w.Steps, func(s domain.StepDef) bool { return s.ID == id })
}

func needed(w *domain.Wheel, i int) []int {
	var out []int
	for _, n := range w.Steps[i].Needs {
		out = append(out, indexOf(w, n.Step))
	}
	return out
}

// ancestors lists the steps that step i waits for, directly or through others.
func ancestors(w *domain.Wheel, i int) []int {
	found := needed(w, i)
	for k := 0; k < len(found); k++ {
		if found[k] < 0 {
			continue
		}
		for _, n := range needed(w, found[k]) {
			if !slices.Contains(found, n) {
				found = append(found, n)
			}
		}
	}
	return found
}

// circles finds circles among n things, where next lists what each leads to (-1 is ignored): one circle for each way
// back that a walk meets, beginning with its lowest number.
func circles(n int, next func(int) []int) [][]int {
	const (
		fresh = iota
		onPath
		done
	)
	state := make([]int, n)
	var way []int
	var found [][]int
	var walk func(int)
	walk = func(i int) {
		state[i] = onPath
		way = append(way, i)
		for _, to := range next(i) {
			switch {
			case to < 0:
			case state[to] == fresh:
				walk(to)
			case state[to] == onPath:
				c := slices.Clone(way[slices.Index(way, to):])
				low := slices.Index(c, slices.Min(c))
				found = append(found, append(c[low:len(c):len(c)], c[:low]...))
			}
		}
		way = way[:len(way)-1]
		state[i] = done
	}
	for i := range n {
		if state[i] == fresh {
			walk(i)
		}
	}
	return found
}

// path writes a circle: a → b → a.
func path(w *domain.Wheel, circle []int) string {
	var ids []string
	for _, i := range circle {
		ids = append(ids, w.Steps[i].ID)
	}
	return strings.Join(append(ids, ids[0]), " → ")
}
