package serve_test

import (
	"bytes"
	"errors"
	"net/http"
	"testing"

	"easel/client"
	"easel/internal/face/serve"
)

// TestClient: the Go client does what the API does.
func TestClient(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *serve.Options) { o.State, o.Listen, o.Token = t.TempDir(), "0.0.0.0:1", "word" })
	c := client.New(server.URL+"/", "word")
	in := picture(t, 32, 24, 8)
	out, err := c.Translate(t.Context(), "m", in, client.Translation{Seed: 3, NoNoise: true})
	if err != nil || decode(t, out).Width != 32 {
		t.Fatal(err)
	}
	models, err := c.Models(t.Context())
	if err != nil || len(models) != 1 || models[0].ID != "m" || models[0].ImageSize != 32 {
		t.Errorf("%+v, %v", models, err)
	}
	var p *client.Problem
	if _, err := c.Translate(t.Context(), "x", in, client.Translation{}); !errors.As(err, &p) || p.Status != http.StatusNotFound || p.Advice == "" {
		t.Errorf("%v", err)
	}
	if _, err := client.New(server.URL, "other").Models(t.Context()); !errors.As(err, &p) || p.Status != http.StatusUnauthorized {
		t.Errorf("%v", err)
	}
	name, err := c.Upload(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	options := map[string]any{"model": "m", "inputs": []string{name, name}}
	j, err := c.Submit(t.Context(), "translate", options, "key")
	if err != nil {
		t.Fatal(err)
	}
	events := 0
	done, err := c.Wait(t.Context(), j.ID, func(client.Event) { events++ })
	if err != nil || done.State != "done" || events < 3 {
		t.Fatalf("%+v after %d events, %v", done, events, err)
	}
	if again, err := c.Submit(t.Context(), "translate", options, "key"); err != nil || again.ID != j.ID {
		t.Errorf("again: %s, %v", again.ID, err)
	}
	first, err := c.File(t.Context(), j.ID, "pictures/000000.png")
	if err != nil {
		t.Fatal(err)
	}
	if second, err := c.File(t.Context(), j.ID, "pictures/000001.png"); err != nil || !bytes.Equal(first, second) {
		t.Errorf("the same picture became two: %v", err)
	}
	if after, err := c.Cancel(t.Context(), j.ID); err != nil || after.State != "done" {
		t.Errorf("%+v, %v", after, err)
	}
}
