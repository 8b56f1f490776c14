package domain

// Thing is what the one door opens to: every address of the server, a page's or the API's, belongs to one.
type Thing string

// The things, in the order of AccessTable.
const (
	ThingPlain     Thing = "plain"     // the style sheet, the script, the API's description, whether the server is well
	ThingFront     Thing = "front"     // logging in and out, help
	ThingProof     Thing = "proof"     // what brings its own proof: a calendar's secret address, the provider's log-out
	ThingSelf      Thing = "self"      // who one is, one's own log-ins and keys
	ThingAsk       Thing = "ask"       // commands, orders, launches
	ThingRead      Thing = "read"      // cycles, steps, registry, journal, documents
	ThingUpload    Thing = "upload"    // documents' bytes
	ThingRehearse  Thing = "rehearse"  // what a launch would lead to
	ThingInbox     Thing = "inbox"     // one's own work, and being told of changes
	ThingFeeds     Thing = "feeds"     // calendar feeds
	ThingMail      Thing = "mail"      // the delivery log, and how often one is told
	ThingAddresses Thing = "addresses" // where people can be reached
	ThingSink      Thing = "sink"      // the mails of exercises
	ThingLogins    Thing = "logins"    // everybody's log-ins: seen and ended
	ThingProposals Thing = "proposals" // roles that the log-in service's groups propose
	ThingPack      Thing = "pack"      // evidence packs
	ThingReview    Thing = "review"    // who may what, and when they last logged in
	ThingFaults    Thing = "faults"    // faults in the pages that people have reported
)

// May is how far somebody may go with a thing. The zero value is the answer where nothing is written: no.
type May string

// The answers, from none to everything.
const (
	MayNot May = ""
	MayOwn May = "own" // what is one's own
	MayAsk May = "ask" // may ask; Decide judges each command by role, unit and day, and a no is written down
	MayAll May = "all"
)

// AccessRow says who may go how far with a thing. Whoever fits several columns has the furthest of them.
type AccessRow struct {
	Thing     Thing
	Anyone    May // who has not logged in
	LoggedIn  May // who has, and holds no role here: new, another municipality's, or gone
	Member    May // who holds some role in the registry today, or is a substitute for a holder
	Auditor   May // RoleAuditor: reads what others may not, and changes no more than any member
	Launcher  May // RoleLauncher
	Registrar May // RoleRegistrar
	Says      string
}

// AccessTable is the whole of who may what at the door. What has no row nobody may.
//
// It stands before the rules and never instead of them: what a person may do with a step is for Decide, which also knows
// substitutes and jäv on that day.
var AccessTable = []AccessRow{
	//                Anyone  LoggedIn Member  Auditor Launcher Registrar
	{ThingPlain, MayAll, MayAll, MayAll, MayAll, MayAll, MayAll, "Utseende, API-beskrivning och om servern mår bra"},
	{ThingFront, MayAll, MayAll, MayAll, MayAll, MayAll, MayAll, "Logga in och ut, hjälp"},
	{ThingProof, MayAll, MayAll, MayAll, MayAll, MayAll, MayAll, "Adresser som själva är beviset: kalendrar och inloggningstjänstens utloggning"},
	{ThingSelf, MayNot, MayOwn, MayOwn, MayOwn, MayOwn, MayOwn, "Vem du är, dina inloggningar och nycklar"},
	{ThingAsk, MayNot, MayAsk, MayAsk, MayAsk, MayAsk, MayAsk, "Be om något: reglerna avgör efter roll, enhet och dag"},
	{ThingRead, MayNot, MayNot, MayAll, MayAll, MayAll, MayAll, "Läsa cykler, steg, register, handlingar och journal"},
	{ThingUpload, MayNot, MayNot, MayAll, MayAll, MayAll, MayAll, "Ladda upp handlingar"},
	{ThingRehearse, MayNot, MayNot, MayAll, MayAll, MayAll, MayAll, "Pröva en start utan att starta"},
	{ThingInbox, MayNot, MayNot, MayOwn, MayOwn, MayOwn, MayOwn, "Sitt eget arbete"},
	{ThingFeeds, MayNot, MayNot, MayOwn, MayOwn, MayOwn, MayOwn, "Kalenderprenumerationer"},
	{ThingMail, MayNot, MayNot, MayOwn, MayAll, MayAll, MayAll, "Utskick: sina egna, eller allas"},
	{ThingAddresses, MayNot, MayNot, MayOwn, MayOwn, MayOwn, MayAll, "Adresser för utskick"},
	{ThingSink, MayNot, MayNot, MayAll, MayAll, MayAll, MayAll, "Övningspost"},
	{ThingLogins, MayNot, MayNot, MayNot, MayNot, MayNot, MayAll, "Se och avsluta allas inloggningar"},
	{ThingProposals, MayNot, MayNot, MayNot, MayNot, MayNot, MayAll, "Bekräfta roller som inloggningens grupper föreslår"},
	{ThingPack, MayNot, MayNot, MayNot, MayAll, MayAll, MayAll, "Hämta bevispaket: poster, bevis, handlingar och historik"},
	{ThingReview, MayNot, MayNot, MayNot, MayAll, MayAll, MayAll, "Vem som kan vad, och när de senast loggade in"},
	{ThingFaults, MayNot, MayNot, MayNot, MayNot, MayAll, MayAll, "Fel i sidorna som någon har anmält"},
}

// Standing is what somebody is to the municipality on a day. The zero value is who has not logged in.
type Standing struct {
	LoggedIn, Member, Auditor, Launcher, Registrar bool
}

// Standing tells what a person is on day d; "" is nobody. A registry that is not founded knows nobody.
func (r *Registry) Standing(p PersonID, d Date) Standing {
	s := Standing{LoggedIn: p != ""}
	if p == "" || r == nil {
		return s
	}
	s.Member = r.holdsAny(p, d)
	s.Auditor = r.IsAuditor(p, d)
	for _, h := range r.Holders(RoleLauncher, r.City, d) {
		s.Launcher = s.Launcher || h.Person == p
	}
	for _, h := range r.Holders(RoleRegistrar, r.City, d) {
		s.Registrar = s.Registrar || h.Person == p
	}
	return s
}

// Access answers by AccessTable how far somebody may go with a thing.
func Access(t Thing, s Standing) May {
	for i := range AccessTable {
		if AccessTable[i].Thing == t {
			return AccessTable[i].of(s)
		}
	}
	return MayNot
}

func (row *AccessRow) of(s Standing) May {
	may := row.Anyone
	for _, c := range [...]struct {
		is  bool
		may May
	}{{s.LoggedIn, row.LoggedIn}, {s.Member, row.Member}, {s.Auditor, row.Auditor}, {s.Launcher, row.Launcher}, {s.Registrar, row.Registrar}} {
		if c.is && c.may.reach() > may.reach() {
			may = c.may
		}
	}
	return may
}

func (m May) reach() int {
	for i, known := range [...]May{MayNot, MayOwn, MayAsk, MayAll} {
		if m == known {
			return i
		}
	}
	return 0
}
