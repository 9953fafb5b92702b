// Package serve is easel over HTTP: the pages that people open in a browser and
// the API that pages, curl and programs use.
//
// Begin with Default, set the models, and call New; Run listens until its context
// ends. Handler is the same server without a listener.
//
//	o := serve.Default()
//	o.Models = []string{"runs/facades"}
//	s, err := serve.New(o)
//	err = s.Run(ctx, nil)
//
// # Routes
//
//	GET  /, /NAME, /NAME.js …      the embedded pages; /NAME is also NAME.html
//	POST /v1/translate             a picture in, a picture out (PUT too, for curl -T)
//	POST /{model}                  the same, as pixsrv had it
//	GET  /v1/models, /v1/models/ID what there is to translate with
//	POST /v1/session               a token (as a bearer) becomes a cookie: see below
//	POST /v1/study/sessions        a participant of the perceptual study begins
//	GET  /v1/study/sessions/{id}/trial, POST …/answers, GET /v1/study/pictures/NAME
//	GET  /v1/version               {"version": …, "go": …}
//	GET  /livez, /readyz           200 or 503, plain text
//
// # Translating
//
// The body is a picture in any format that easel reads, or multipart/form-data
// whose first file is one. The answer is a picture of the same size and depth: PNG,
// unless Accept asks for image/jpeg or image/tiff. The query:
//
//	model  id of a model; may be left out where there is only one
//	seed   seed of the noise, 0 unless given; another seed is another sample
//	noise  on (as in training, the paper's choice) or off
//	live   any word that a page chooses for one drawing: of the pictures that wait
//	       with one word only the newest is translated, the older ones are answered
//	       409 at once. Errors of type urn:easel:superseded are no news to anybody.
//
// Answers have the headers Easel-Model and Easel-Seed; PNG files say the same, the
// SHA-256 of the model's file and easel's version as texts (iTXt). Closing the connection
// takes a waiting picture out of the queue.
//
// # Models
//
// /v1/models is {"models": [Model, …]}; see Model for the fields. A page draws with
// input.palette where input.kind is "labels"; with thin hard black lines on white
// where it is "edges"; and takes a photograph where it is "photographs". Size is
// free: any picture is padded to a multiple of image_size, so image_size squared is
// what a drawing should have.
//
// # Tokens
//
// A server that others reach has a token, and its address ends in #token=WORD. A
// page takes the fragment out of the address bar and sends it, as the header
// Authorization: Bearer WORD, to POST /v1/session, which answers 204 and sets a cookie
// that scripts cannot read; 401 elsewhere means that there is none yet.
//
// # Errors
//
// Every error is application/problem+json (RFC 9457) with type, title, status,
// detail and, where there is advice, hint. 429 comes with Retry-After.
//
// # What is kept within bounds
//
// Bodies, pixels (looked up in a file's header before anything is decoded), the
// memory of all requests together, networks at work, pictures that wait, requests a
// second of one client, connections, and the time in which a client sends a body or
// takes an answer. See Options for each.
//
// # What pages may do
//
// The Content-Security-Policy allows what comes from this server, and pictures from
// blob: and data: URLs: no inline script or style, no other hosts. Files in the
// folder page are served as they are, with their hash as ETag; a name without an
// ending stands for its .html file. State is never changed by GET.
package serve
