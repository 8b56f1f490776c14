package domain

// UnitID names a unit: "KF", "KS", "SN", "SOF".
type UnitID string

// UnitKind is the kind of a unit; it decides, with the act, how a step lives.
type UnitKind string

// The kinds of unit.
const (
	KindCouncil        UnitKind = "kf"
	KindExecutive      UnitKind = "ks"
	KindBoard          UnitKind = "namnd"
	KindAdministration UnitKind = "forvaltning"
	KindCompany        UnitKind = "bolag"
	KindAudit          UnitKind = "revision"
	KindPresidium      UnitKind = "presidium"
)

// UnitKinds lists every kind.
var UnitKinds = []UnitKind{KindCouncil, KindExecutive, KindBoard, KindAdministration, KindCompany, KindAudit, KindPresidium}

// Unit is a body of the municipality during a time. KS is both executive and nämnd: the flag Plans makes it one of the
// units for which nämnd steps are made.
type Unit struct {
	ID       UnitID   `json:"id"`
	Kind     UnitKind `json:"kind"`
	Name     string   `json:"name"`                // a body's name is public and never erased
	ServedBy UnitID   `json:"served_by,omitempty"` // the förvaltning that works for a nämnd; many nämnder may share one
	Plans    bool     `json:"plans,omitempty"`     // KS: plans for itself as a nämnd
	Seats    int      `json:"seats,omitempty"`     // ledamöter; 0 = not known, and then no quorum is judged
	Notice   int      `json:"notice,omitempty"`    // days before a meeting that its reglemente asks kallelse for; KF's week is law
	Groups   []string `json:"groups,omitempty"`    // marks that step definitions pick units by: "helagda"
	Note     string   `json:"note,omitempty"`      // shown beside the unit: "antagande, ej verifierat"
	From     Date     `json:"from,omitempty"`      // first day; "" = always
	To       Date     `json:"to,omitempty"`        // last day; "" = open
}

// PersonID is an opaque id; the name behind it is a row that can be erased.
type PersonID string

// Binding says that a person holds a role in a unit from one day through another.
type Binding struct {
	Number uint64   `json:"number"` // identifies it in the registry, never used again; evidence points here
	Person PersonID `json:"person"`
	// Name commits to the person's name, which is stored outside and can be erased.
	Name TextRef `json:"name,omitempty"`
	Role RoleID  `json:"role"`
	Unit UnitID  `json:"unit"`
	From Date    `json:"from"`
	To   Date    `json:"to,omitempty"` // last day; "" = open
}

// Substitute lets a person act for the holder of a binding between two days.
type Substitute struct {
	Number  uint64   `json:"number"`
	Binding uint64   `json:"binding"`
	Person  PersonID `json:"person"`
	From    Date     `json:"from"`
	To      Date     `json:"to"`
}

// Exclusion (jäv) keeps a person from a step, whatever role the person holds. It beats role, group and substitute.
type Exclusion struct {
	Number uint64   `json:"number"`
	Person PersonID `json:"person"`
	Year   int      `json:"year,omitempty"` // budget year of the cycle; 0 = every cycle
	Def    string   `json:"def,omitempty"`  // step definition; "" = every step of the unit
	Unit   UnitID   `json:"unit,omitempty"` // "" = every unit
	Reason TextRef  `json:"reason,omitempty"`
	// Replacement has stepped in: holds, for what the person is kept from and nothing else, the roles that the person holds.
	Replacement PersonID `json:"replacement,omitempty"`
	Ruling      *Ruling  `json:"ruling,omitempty"`
}

// MeetingID names a meeting: "KS-2027-02-10"; it keeps its id when it is moved.
type MeetingID string

// MeetingStatus says how sure a meeting is.
type MeetingStatus string

// The statuses of a meeting.
const (
	MeetingProposed  MeetingStatus = "foreslaget"
	MeetingConfirmed MeetingStatus = "faststallt"
	MeetingCancelled MeetingStatus = "installt"
)

// Meeting is a dated meeting of a body (sammanträde).
type Meeting struct {
	ID     MeetingID     `json:"id"`
	Unit   UnitID        `json:"unit"`
	Date   Date          `json:"date"`
	Status MeetingStatus `json:"status"`
	// Last is the last day of a meeting that takes more than one, Reserve a day kept free in case it is not finished, or
	// cannot be held.
	Last    Date `json:"last,omitempty"`
	Reserve Date `json:"reserve,omitempty"`
	Extra   bool `json:"extra,omitempty"` // called beside the ordinary ones (KL 5:12, 6:23)
	// Announced is the day on which the meeting was announced on the anslagstavla, as somebody noted it.
	Announced Date `json:"announced,omitempty"`
}

// End is the last day of the meeting.
func (m *Meeting) End() Date {
	if m.Last != "" {
		return m.Last
	}
	return m.Date
}

// Registry is what all cycles of a municipality share. Its changes are numbered; Number is the last one applied.
// A cycle holds a copy and receives later changes in order.
type Registry struct {
	Kommun       string        `json:"kommun"`
	Number       uint64        `json:"number"`
	Issued       uint64        `json:"issued,omitempty"` // the last number given to a binding, substitute or exclusion
	City         UnitID        `json:"city"`             // the förvaltning in which registry roles are held
	Units        []Unit        `json:"units,omitempty"`
	Bindings     []Binding     `json:"bindings,omitempty"`
	Substitutes  []Substitute  `json:"substitutes,omitempty"`
	Exclusions   []Exclusion   `json:"exclusions,omitempty"`
	Meetings     []Meeting     `json:"meetings,omitempty"`
	Orders       []Order       `json:"orders,omitempty"`
	Deficits     []Deficit     `json:"deficits,omitempty"`
	CarryOvers   []CarryOver   `json:"carry_overs,omitempty"`
	Epochs       []Epoch       `json:"epochs,omitempty"` // declared ones, also those that nobody has confirmed
	Observations []Observation `json:"observations,omitempty"`
	Supplements  []Supplement  `json:"supplements,omitempty"`
	Erasures     []Erasure     `json:"erasures,omitempty"` // that wait for a second person

	byID meetings
}

// Order is the decision that a cycle is to be launched, and its confirmation by a second person. A cycle is launched on a
// confirmed order.
type Order struct {
	Number uint64   `json:"number"`
	Year   int      `json:"year"`
	Wheel  Digest   `json:"wheel"`          // the hash of the rule part
	With   []string `json:"with,omitempty"` // the optional steps that are to be made
	From   Stage    `json:"from,omitempty"` // adopt the cycle from this stage on; "" = from the beginning
	// Before lists what is klart före start; the second person confirms it with the rest.
	Before    []DoneBefore `json:"before,omitempty"`
	Dnr       string       `json:"dnr"`
	Paragraph string       `json:"paragraph,omitempty"`
	Date      Date         `json:"date"` // of the decision
	// Despite is the reason for launching although rehearsal found what stops a launch.
	Despite   TextRef  `json:"despite,omitempty"`
	By        PersonID `json:"by"`
	Confirmed PersonID `json:"confirmed,omitempty"`
}

// Roles that the registry itself knows, whatever the wheel says; all are held in Registry.City.
const (
	RoleLauncher  RoleID = "cykelansvarig"    // launches, cancels and plays cycles
	RoleRegistrar RoleID = "registeransvarig" // changes the registry
	RoleAuditor   RoleID = "revisor"          // reads everything, and makes observations
)

// Unit finds a unit, or nil.
func (r *Registry) Unit(id UnitID) *Unit {
	for i := range r.Units {
		if r.Units[i].ID == id {
			return &r.Units[i]
		}
	}
	return nil
}

// Order finds an order, or nil.
func (r *Registry) Order(number uint64) *Order {
	for i := range r.Orders {
		if r.Orders[i].Number == number {
			return &r.Orders[i]
		}
	}
	return nil
}

// Active tells whether the unit exists on day d.
func (u *Unit) Active(d Date) bool { return within(d, u.From, u.To) }

func within(d, from, to Date) bool { return (from == "" || d >= from) && (to == "" || d <= to) }
