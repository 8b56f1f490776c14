package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"arshjul/domain"
)

// Client asks a server in one person's name. It is safe for use by several goroutines.
type Client struct {
	base   string
	person domain.PersonID
	key    string
	http   *http.Client
}

// NewClient asks the server at base, such as http://127.0.0.1:8028, as the person.
func NewClient(base string, person domain.PersonID) *Client {
	return &Client{strings.TrimSuffix(base, "/"), person, "", &http.Client{Timeout: time.Minute}}
}

// WithKey asks the same server with a key (arshjul login), which says who asks.
func (c *Client) WithKey(key string) *Client { return &Client{c.base, "", key, c.http} }

// Over asks the same server through another http.Client.
func (c *Client) Over(h *http.Client) *Client { return &Client{c.base, c.person, c.key, h} }

// As asks the same server as another person, over the same connections.
func (c *Client) As(person domain.PersonID) *Client { return &Client{c.base, person, c.key, c.http} }

// Base is the server's address.
func (c *Client) Base() string { return c.base }

// Unreachable says that no server answered, so nothing was done.
type Unreachable struct {
	Base string
	Err  error
}

// Error says what to do, in Swedish.
func (u *Unreachable) Error() string {
	return fmt.Sprintf("Ingen server svarar på %s. Starta den med \"arshjul up\", eller ange rätt adress med --server.", u.Base)
}

// Unwrap gives the network's own error.
func (u *Unreachable) Unwrap() error { return u.Err }

// Get asks for path (after /api/v1) and reads the answer into out.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.ask(ctx, http.MethodGet, path, nil, "", out)
}

// Post sends in as JSON to path (after /api/v1) and reads the answer into out. When no answer came, the problem's code is
// unavailable: send the same again.
func (c *Client) Post(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("api: %w", err)
	}
	return c.ask(ctx, http.MethodPost, path, body, "application/json", out)
}

// Give gives a command to a stream and returns the receipt.
func (c *Client) Give(ctx context.Context, stream string, command Command) (Receipt, error) {
	var r Receipt
	err := c.Post(ctx, "/"+stream+"/commands", command, &r)
	return r, err
}

// Download writes what is at path to out, however long it takes.
func (c *Client) Download(ctx context.Context, path string, out io.Writer) error {
	patient := *c
	patient.http = &http.Client{Transport: c.http.Transport}
	return patient.ask(ctx, http.MethodGet, path, nil, "", out)
}

// Upload stores a file's bytes; the server checks that those that arrive have the hash of those that were sent.
func (c *Client) Upload(ctx context.Context, file []byte) (File, error) {
	var f File
	err := c.ask(ctx, http.MethodPost, "/files?sha256="+string(domain.DigestOf(file)), file, "application/octet-stream", &f)
	return f, err
}

// StepPath is where a step of a stream is read.
func StepPath(stream string, step domain.StepID) string {
	parts := strings.Split(string(step), "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return "/" + stream + "/steps/" + strings.Join(parts, "/")
}

func (c *Client) ask(ctx context.Context, method, path string, body []byte, contentType string, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("api: %w", err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if c.person != "" {
		r.Header.Set("X-Arshjul-Person", string(c.person))
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) && op.Op == "dial" {
			return &Unreachable{c.base, err}
		}
		return noAnswer(err)
	}
	defer func() { _ = answer.Body.Close() }() // it has been read, or its reading has failed and says so
	if into, ok := out.(io.Writer); ok && answer.StatusCode == http.StatusOK {
		if _, err := io.Copy(into, answer.Body); err != nil {
			return fmt.Errorf("%s slutade svara mitt i (%w). Det som kom fram går inte att använda: fråga igen", c.base, err)
		}
		return nil
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return noAnswer(err)
	}
	if answer.StatusCode != http.StatusOK {
		var p Problem
		if err := json.Unmarshal(text, &p); err != nil || p.Code == "" {
			return fmt.Errorf("%s svarade %s, och inte som en årshjulsserver gör. Kontrollera adressen i --server", c.base, answer.Status)
		}
		return &p
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = text
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s svarade med något annat än väntat (%w). Kontrollera att programmet och servern har samma version", c.base, err)
	}
	return nil
}

// noAnswer is a request that was sent and got no answer: what came of it is unknown.
func noAnswer(err error) error {
	p := ProblemOf(domain.Refuse(domain.CodeUnavailable, "Förbindelsen bröts innan svaret kom (%v), så det är okänt om något blev gjort. Fråga igen med samma id: då får du svaret, och inget görs två gånger.", err), "")
	return p
}
