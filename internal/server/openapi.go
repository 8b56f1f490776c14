package server

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"arshjul/domain"
	"arshjul/internal/server/api"
)

// describe writes the OpenAPI 3.1 description of the operations. The mux is filled from the same table, so the
// description cannot leave a route out.
func describe(version string, operations []operation) schema {
	c := &schemas{named: map[string]schema{}, types: map[string]reflect.Type{}}
	problem := schema{"description": "No: a stable code, and a sentence in Swedish that says what to do.",
		"content": schema{"application/problem+json": schema{"schema": c.of(reflect.TypeFor[api.Problem]())}}}
	c.named["Problem"]["properties"].(schema)["code"].(schema)["enum"] = codes()

	paths := schema{}
	for _, op := range operations {
		path := templatePath(op.path)
		if paths[path] == nil {
			paths[path] = schema{}
		}
		paths[path].(schema)[strings.ToLower(op.method)] = op.describe(c, problem)
	}
	return schema{
		"openapi": "3.1.0",
		"info": schema{
			"title":       "arshjul",
			"version":     version,
			"description": description(),
		},
		"paths": paths,
		"components": schema{
			"schemas": c.named,
			"securitySchemes": schema{
				"key": schema{"type": "http", "scheme": "bearer", "description": "A key of the person's own, made on the page /mina-inloggningar or by arshjul login. It ends by itself."},
				"dev": schema{"type": "apiKey", "in": "header", "name": personHeader,
					"description": "Only on a server started with --dev-login, which listens on the loopback address alone: the id of the person."}},
		},
		"security": []schema{{"key": []string{}}, {"dev": []string{}}},
	}
}

func (op *operation) describe(c *schemas, problem schema) schema {
	o := schema{"operationId": op.id, "summary": op.summary}
	if domain.Access(op.thing, domain.Standing{}) != domain.MayNot {
		o["security"] = []schema{}
	}
	var parameters []schema
	for _, name := range wildcards.FindAllStringSubmatch(op.path, -1) {
		p := schema{"name": name[1], "in": "path", "required": true, "schema": schema{"type": "string"}}
		if name[2] != "" {
			p["description"] = "Its slash is written as it is: namndens-forslag/SN."
		}
		parameters = append(parameters, p)
	}
	for _, q := range op.query {
		parameters = append(parameters, schema{"name": q.name, "in": q.in(), "description": q.says, "schema": schema{"type": q.kind}})
	}
	if len(parameters) > 0 {
		o["parameters"] = parameters
	}
	switch {
	case op.bytes:
		o["requestBody"] = schema{"required": true, "content": schema{"application/octet-stream": schema{}}}
	case op.in != nil:
		o["requestBody"] = schema{"required": true, "content": schema{"application/json": schema{"schema": c.of(reflect.TypeOf(op.in))}}}
	}
	answer := schema{"description": "The answer."}
	if op.out != nil {
		answer["content"] = schema{"application/json": schema{"schema": c.of(reflect.TypeOf(op.out))}}
	}
	o["responses"] = schema{strconv.Itoa(http.StatusOK): answer, "default": problem}
	return o
}

var wildcards = regexp.MustCompile(`\{(\w+)(\.\.\.)?\}`)

func templatePath(pattern string) string { return wildcards.ReplaceAllString(pattern, "{$1}") }

func codes() []domain.Code {
	all := make([]domain.Code, len(api.Codes))
	for i, r := range api.Codes {
		all[i] = r.Code
	}
	return all
}

// description tells what the schemas cannot: which members each kind of command must and may have, and which status
// each refusal has.
func description() string {
	var b strings.Builder
	b.WriteString("The one door to a municipality's yearly mål och ekonomi cycle.\n\n")
	b.WriteString("A command's id is minted by who asks. The same id always gives the same answer; after code `unavailable` the answer is unknown: ask again with the same id.\n\n")
	b.WriteString("Commands and their members (those in brackets may be left out):\n\n")
	for _, row := range domain.CommandTable {
		if slices.Contains(ownDoor, row.Kind) {
			continue
		}
		must, may := row.Members()
		members := slices.Clone(must)
		for _, m := range may {
			members = append(members, "["+m+"]")
		}
		fmt.Fprintf(&b, "- `%s` (%s): %s\n", row.Kind, row.Says, strings.Join(members, ", "))
	}
	b.WriteString("\nRefusals, their HTTP status and the command line's exit code:\n\n")
	for _, r := range api.Codes {
		fmt.Fprintf(&b, "- `%s`: %d, %d\n", r.Code, r.HTTP, r.Exit)
	}
	return b.String()
}

// ownDoor are the kinds that nobody sends as a command: launching has its own request, the rest never comes from people.
var ownDoor = []domain.CommandKind{domain.CmdLaunch, domain.CmdFound, domain.CmdChanges}

// personKinds are the kinds that a person may send.
func personKinds() []domain.CommandKind {
	var kinds []domain.CommandKind
	for _, row := range domain.CommandTable {
		if !slices.Contains(ownDoor, row.Kind) {
			kinds = append(kinds, row.Kind)
		}
	}
	return kinds
}
