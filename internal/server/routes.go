package server

import (
	"net/http"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

const root = "/api/v1"

// operations is the API, row by row.
func (s *Server) operations() []operation {
	all := []operation{
		{method: http.MethodGet, path: root + "/version", id: "version", thing: domain.ThingPlain, summary: "What answers.", out: api.About{}, do: s.about},
		{method: http.MethodGet, path: root + "/health", id: "health", thing: domain.ThingPlain, summary: "Whether the server can do its work; 503 when it cannot.", out: api.Health{}, do: s.health},
		{method: http.MethodGet, path: root + "/me", id: "me", thing: domain.ThingSelf, summary: "Whom the server takes the caller for.", out: api.Me{}, do: s.me},
		{method: http.MethodGet, path: root + "/inbox", id: "inbox", thing: domain.ThingInbox, summary: "What waits for the caller, the late first.", out: api.Tasks{}, query: []parameter{
			{name: "cycle", kind: "string", says: "Only this cycle, such as cycle/1283/2028."}}, do: s.inbox},
		{method: http.MethodPost, path: root + "/files", id: "upload", thing: domain.ThingUpload, summary: "Store a document's bytes, at most 25 MB.", out: api.File{}, bytes: true, query: []parameter{
			{name: "sha256", kind: "string", says: "What the bytes should be; others are refused."},
			{name: "name", kind: "string", says: "The file's name."}}, do: s.upload},
		{method: http.MethodGet, path: root + "/files/{sha256}", id: "download", thing: domain.ThingRead, summary: "A document's bytes.", do: s.download},
		{method: http.MethodGet, path: root + "/cycles", id: "cycles", thing: domain.ThingRead, summary: "Every cycle and exercise.", out: api.Cycles{}, do: s.cycles},
		{method: http.MethodPost, path: root + "/cycles", id: "launch", thing: domain.ThingAsk, summary: "Launch the cycle of a budget year, as it was ordered.", in: api.Launch{}, out: api.Receipt{}, do: s.launch},
		{method: http.MethodPost, path: root + "/launch-check", id: "launch.check", thing: domain.ThingRehearse, summary: "Rehearse a launch from today on: what would stop it, and which steps it would come too late for.", in: api.LaunchPlan{}, out: api.LaunchCheck{}, do: s.launchCheck},
		{method: http.MethodGet, path: root + "/orders", id: "orders", thing: domain.ThingRead, summary: "Every order to launch a cycle, the newest first.", out: api.Orders{}, do: s.orders},
		{method: http.MethodPost, path: root + "/orders", id: "order", thing: domain.ThingAsk, summary: "Order a launch; refused with every cause when rehearsal finds what stops it.", in: api.OrderLaunch{}, out: api.Ordered{}, do: s.order},
		{method: http.MethodPost, path: root + "/orders/{n}/confirm", id: "order.confirm", thing: domain.ThingAsk, summary: "Confirm another person's order, and start the cycle. Asked again, it starts a cycle that was confirmed and never started.", in: api.ConfirmOrder{}, out: api.Receipt{}, do: s.confirmOrder},
		{method: http.MethodPost, path: root + "/exercises", id: "exercise", thing: domain.ThingAsk, summary: "Start an exercise.", in: api.Exercise{}, out: api.Receipt{}, do: s.exercise},
		{method: http.MethodGet, path: root + "/calendar/{year}", id: "calendar", thing: domain.ThingRead, summary: "The wheel of a calendar year, across every real cycle that goes on.", out: api.Calendar{}, do: s.calendar},
		{method: http.MethodGet, path: root + "/journal", id: "journal", thing: domain.ThingRead, summary: "The log, from an index on.", out: api.Entries{}, query: []parameter{
			{name: "log", kind: "string", says: "1283 for a municipality, exercise/1283/2028/1 for an exercise; none means the server's municipality."},
			{name: "from", kind: "integer", says: "The first index; none means 0."},
			{name: "limit", kind: "integer", says: "At most so many entries; none means 100, and 1000 is the most."}}, do: s.journal},
		{method: http.MethodGet, path: root + "/proof", id: "proof", thing: domain.ThingRead, summary: "An entry's receipt, c2sp.org/tlog-proof@v1 with the entry as its extra data: shows without us that the entry stands in a signed log. 404 until the log is signed so far.", query: []parameter{
			{name: "log", kind: "string", says: "1283 for a municipality, exercise/1283/2028/1 for an exercise; none means the server's municipality."},
			{name: "index", kind: "integer", says: "The entry's place in the log."}}, do: s.proof},
	}
	all = append(all, s.streamOperations(root+"/cycle/{kommun}/{year}", "cycle")...)
	all = append(all, s.streamOperations(root+"/exercise/{kommun}/{year}/{n}", "exercise")...)
	registry := root + "/registry/{kommun}"
	all = append(all,
		operation{method: http.MethodGet, path: registry + "/registry", id: "registry.show", thing: domain.ThingRead, summary: "Units, roles, substitutes, jäv and meetings.", out: api.Registry{}, do: s.registry},
		operation{method: http.MethodPost, path: registry + "/commands", id: "registry.command", thing: domain.ThingAsk, summary: "Give the registry a command.", in: api.Command{}, out: api.Receipt{}, do: s.command},
		operation{method: http.MethodPost, path: registry + "/preview", id: "registry.preview", thing: domain.ThingRehearse, summary: "What a change of the registry would lead to, in every real cycle that goes on and in people's mail. Nothing is done or written down.", in: api.Command{}, out: api.Preview{}, do: s.preview},
		operation{method: http.MethodGet, path: registry + "/receipts/{id}", id: "registry.receipt", thing: domain.ThingRead, summary: "What became of a command.", out: api.Receipt{}, do: s.receipt},
		operation{method: http.MethodGet, path: registry + "/entries", id: "registry.entries", thing: domain.ThingRead, summary: "The registry's entries, the newest first.", out: api.Entries{}, query: historyQuery, do: s.entries},
	)
	all = append(all, s.mailOperations()...)
	all = append(all, s.loginOperations()...)
	return append(all, operation{method: http.MethodGet, path: root + "/openapi.json", id: "openapi", thing: domain.ThingPlain, summary: "This description.",
		do: func(http.ResponseWriter, *http.Request, domain.PersonID) (any, error) { return s.description(), nil }})
}

var historyQuery = []parameter{
	{name: "before", kind: "integer", says: "Only entries with a lower sequence number."},
	{name: "limit", kind: "integer", says: "At most so many entries; none means 100, and 1000 is the most."},
}

// streamOperations are those of a cycle, and in the same way of an exercise.
func (s *Server) streamOperations(at, kind string) []operation {
	return []operation{
		{method: http.MethodGet, path: at, id: kind + ".show", thing: domain.ThingRead, summary: "The cycle with all its steps.", out: api.Cycle{}, do: s.cycle},
		{method: http.MethodGet, path: at + "/steps", id: kind + ".steps", thing: domain.ThingRead, summary: "Every step.", out: api.Steps{}, do: s.steps},
		{method: http.MethodGet, path: at + "/steps/{step...}", id: kind + ".step", thing: domain.ThingRead, summary: "One step: its gate, documents and history, and what the caller may do.", out: api.Step{}, do: s.step},
		{method: http.MethodGet, path: at + "/tasks", id: kind + ".tasks", thing: domain.ThingRead, summary: "What the cycle waits for people to do, and who may.", out: api.Tasks{}, do: s.tasks},
		{method: http.MethodGet, path: at + "/report", id: kind + ".report", thing: domain.ThingRead, summary: "What became of the cycle: what is not done, what fell, who went on without whom, exceptions, what is missing and what came in late.", out: api.Report{}, query: []parameter{
			{name: "per", kind: "string", says: "As it was at the end of a day, 2028-04-30, or at a moment, 2028-04-30T15:04; none means as it is."}}, do: s.report},
		{method: http.MethodGet, path: at + "/registry", id: kind + ".registry", thing: domain.ThingRead, summary: "The registry that holds for the cycle.", out: api.Registry{}, do: s.registry},
		{method: http.MethodPost, path: at + "/commands", id: kind + ".command", thing: domain.ThingAsk, summary: "Give the cycle a command.", in: api.Command{}, out: api.Receipt{}, do: s.command},
		{method: http.MethodPost, path: at + "/preview", id: kind + ".preview", thing: domain.ThingRehearse, summary: "What a command would lead to, as things stand. Nothing is done or written down.", in: api.Command{}, out: api.Preview{}, do: s.preview},
		{method: http.MethodGet, path: at + "/whatif", id: kind + ".whatif", thing: domain.ThingRehearse, summary: "What would be otherwise if a matter came back, a meeting moved or a unit were late. Nothing is done.", out: api.Foresight{}, query: whatifQuery, do: s.whatif},
		{method: http.MethodGet, path: at + "/path", id: kind + ".path", thing: domain.ThingRead, summary: "What stands between today and a step, with slack in working days.", out: api.Path{}, query: []parameter{
			{name: "to", kind: "string", says: "The step, such as kf-mal-och-ekonomi; a step of one body may be called by its definition alone."}}, do: s.path},
		{method: http.MethodGet, path: at + "/receipts/{id}", id: kind + ".receipt", thing: domain.ThingRead, summary: "What became of a command.", out: api.Receipt{}, do: s.receipt},
		{method: http.MethodGet, path: at + "/pack", id: kind + ".pack", thing: domain.ThingPack, summary: "The evidence pack, a zip: entries, proofs, files, histories, and a page that explains them.", do: s.pack},
		{method: http.MethodGet, path: at + "/entries", id: kind + ".entries", thing: domain.ThingRead, summary: "The cycle's entries, the newest first.", out: api.Entries{}, query: historyQuery, do: s.entries},
	}
}

// description is the OpenAPI description of the table above.
func (s *Server) description() schema { return describe(s.Version, s.operations()) }

// stream gives the stream that a request's path names.
func stream(r *http.Request) string {
	kommun, year, n := r.PathValue("kommun"), r.PathValue("year"), r.PathValue("n")
	switch {
	case n != "":
		return "exercise/" + kommun + "/" + year + "/" + n
	case year != "":
		return "cycle/" + kommun + "/" + year
	}
	return domain.RegistryStream(kommun)
}
