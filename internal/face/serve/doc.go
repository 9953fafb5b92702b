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
//	GET  /v1/models/ID/example     an input to begin a drawing with; ?n= is another
//	GET  /v1/models/ID/report      the page about its training
//	POST /v1/session               a token (as a bearer) becomes a cookie: see below
//	POST /v1/study/sessions        a participant of the perceptual study begins
//	GET  /v1/study/sessions/{id}/trial, POST …/answers, GET /v1/study/pictures/NAME
//	POST /v1/jobs                  ask for a job; GET: all of them
//	GET  /v1/jobs/ID               one; DELETE cancels, in any state
//	POST /v1/jobs/ID/pause, /resume  a job that has saved waits, and goes on; one that
//	                               failed or was cancelled goes on, too
//	GET  /v1/jobs/ID/events        server-sent events, with replay
//	GET  /v1/jobs/ID/preview       a picture of how far it is
//	GET  /v1/jobs/ID/result        a picture, or JSON
//	GET  /v1/jobs/ID/files/PATH    what it has written; a folder is listed
//	GET  /v1/events                the events of all jobs
//	PUT  /v1/blobs/SHA256          a file for jobs; HEAD says what is there, GET sends it back
//	GET  /v1/data?folder=          folders that jobs may read
//	GET  /v1/experiments           experiments that a job may run
//	GET  /v1/version               {"version": …, "go": …, "max_body": …, "max_pixels": …}
//	POST /v1/data                  files that were sent become one; DELETE /v1/data/NAME
//	GET  /livez, /readyz           200 or 503, plain text
//	GET  /metrics, /openapi.json   measurements, and all this for programs
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
//	style  sha256: and the hash of a picture sent before, for a model of any style
//	strength  how much of that style is taken, from 0 to 1, which it is unless given
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
// where it is "edges"; and takes a photograph where it is "photographs". A model of
// kind "style" paints, in one pass, in its own style, or where any_style is true in that
// of a picture. Size is
// free: any picture is padded to a multiple of image_size, so image_size squared is
// what a drawing should have.
//
// # Jobs
//
// A job is asked for as {"kind": …, "options": …}. Kinds are train, stylize, translate
// (many pictures), evaluate, experiment, inspect (looks over pairs before a training:
// the result is the report, the preview a contact sheet) and demo (trains on pairs that easel draws:
// what to offer where there is no model). Options are those of the verb as its
// config.json has them, on top of the defaults or of what "preset" names:
//
//	{"kind": "train",   "options": {"preset": "laptop", "data": "facades", "length": {"steps": 8000}}}
//	{"kind": "stylize", "options": {"content": "sha256:…", "styles": [{"path": "sha256:…", "weight": 1}], "size": 512}}
//	{"kind": "demo",    "options": {}}
//
// Models are named by id, data as ROOT or ROOT/FOLDER of /v1/data, files as sha256:
// and the hash under which they were sent. Everything that the command would refuse
// is refused now. The answer is 202 with a jobs.View, as of GET: state is queued,
// running, paused, done, failed or cancelled; place and seconds_left say how long it waits;
// progress has done, total, seconds_left and preview (a file of the job; ask for
// /preview when it changes); pages are names of pages among its files, as
// evaluation/evaluation.html. GET /v1/jobs?kind=evaluate&state=done lists those only. A run that is trained is a model with the job's id from
// its first checkpoint on.
//
// One stream, /v1/events, is enough for a page and all its tabs: "snapshot" is
// {"jobs": […]} (of one job, its view), "job" an event whose data is the view after a
// change, "progress" one whose data is the verb's own event, as easel --json prints
// it, beside progress. Both have job, the id. ?after=0 replays from the beginning, for
// curves; a browser's EventSource sends Last-Event-ID by itself.
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
