package pack

import "arshjul/domain"

// wrongApprovals are approvals that the rules should never have let through, and that were signed as they stood: the log is
// whole, and the evidence is what finds them.
func wrongApprovals(w *town) []tampering {
	return []tampering{
		{name: "signed: evidence stripped", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Evidence = nil })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "saknar underlag"},
		{name: "signed: by who has another role", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Actor, e.Evidence.Binding = "p-handlaggare", 1 })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "men det här görs av den som har rollen chef"},
		{name: "signed: no second person", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Actor, e.Evidence.Binding = "p-chef", binding(w, "p-chef", "chef") })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "det skulle ha varit en andra person"},
		{name: "signed: a role that was not held that day", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Actor, e.Evidence.Binding = "p-ny", binding(w, "p-ny", "chef") })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "gällde inte den 16 mars 2027: den gäller från den 1 juni 2027"},
		{name: "signed: the role of another", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Actor = "p-sekreterare" })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "är inte p-sekreterare:s"},
		{name: "signed: a role that does not exist", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvEstablished), func(e *domain.Event) { e.Evidence.Binding = 99 })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "rollen med nummer 99"},
		{name: "signed: somebody who was jävig", do: func(f *forged) {
			f.event(theCycle, onStep(domain.EvFinalised, "underlag/KN"), func(e *domain.Event) {
				e.Actor = "p-chef"
				e.Evidence.Binding = binding(w, "p-chef", "chef")
			})
			f.sign(w.signer)
		}, where: "underlag/KN", says: "p-chef var jävig"},
		{name: "signed: another version", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvDecided), func(e *domain.Event) { e.Version = domain.DigestOf([]byte("en annan")) })
			f.sign(w.signer)
		}, where: "forslag/KS", says: "gäller en annan version än den som senast lämnades in"},
		{name: "signed: a version whose hash is of something else", do: func(f *forged) {
			f.event(theCycle, onStep(domain.EvSubmitted, "plan/SLF"), func(e *domain.Event) { e.Reference = "något annat" })
			f.sign(w.signer)
		}, where: "plan/SLF", says: "versionens kontrollsumma är inte den"},
		{name: "signed: a gate met by an entry that is no such thing", do: func(f *forged) {
			f.event(theCycle, onStep(domain.EvOpened, "forslag/KS"), func(e *domain.Event) { e.Evidence.Conditions[0].Seq = 2 })
			f.sign(w.signer)
		}, where: "forslag/KS", says: "men den händelsen säger något annat"},
		{name: "signed: a gate met by an entry that comes later", do: func(f *forged) {
			f.event(theCycle, onStep(domain.EvOpened, "forslag/KS"), func(e *domain.Event) { e.Evidence.Conditions[0].Seq = 20 })
			f.sign(w.signer)
		}, where: "forslag/KS", says: "som inte finns före den här"},
		{name: "signed: a gate that was not met", do: func(f *forged) {
			f.event(theCycle, onStep(domain.EvOpened, "forslag/KS"), func(e *domain.Event) { e.Evidence.Conditions = e.Evidence.Conditions[:1] })
			f.sign(w.signer)
		}, where: "forslag/KS", says: "öppnade fast grinden inte var uppfylld: det väntar på att underlag/"},
		{name: "signed: an order that nobody confirmed", do: func(f *forged) {
			f.event(theTown, kind(domain.EvOrderConfirmed), func(e *domain.Event) { e.Actor = "p-chef" })
			f.sign(w.signer)
		}, where: theTown, says: "det skulle ha varit en andra person"},
		{name: "signed: something the rules say no to", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvCommented), func(e *domain.Event) { e.Text = domain.TextRef(domain.DigestOf([]byte("x"))) })
			f.sign(w.signer)
		}, where: "forslag/KS", says: "enligt reglerna skulle här ha stått"},
		{name: "signed: a cycle that started from another registry", do: func(f *forged) {
			f.event(theCycle, kind(domain.EvLaunched), func(e *domain.Event) { f.redate(e.Launched.Registry.Bindings, "p-sekreterare", "2026-06-01") })
			f.sign(w.signer)
		}, where: theCycle, says: "det register som cykeln startade från är inte det som registrets poster ger"},
	}
}

func kind(k domain.EventKind) func(*domain.Event) bool {
	return func(e *domain.Event) bool { return e.Kind == k }
}

func onStep(k domain.EventKind, step domain.StepID) func(*domain.Event) bool {
	return func(e *domain.Event) bool { return e.Kind == k && e.Step == step }
}

func binding(w *town, p domain.PersonID, r domain.RoleID) uint64 {
	for _, b := range w.state(theTown).Registry.Bindings {
		if b.Person == p && b.Role == r {
			return b.Number
		}
	}
	w.t.Fatalf("%s is no %s", p, r)
	return 0
}
