// Package study is the papers' perceptual study (Isola et al. 2017, §4.1): people see
// a real picture and a made one for a second each, and say which one is made. How
// often they are wrong is the measure; a perfect fake fools half of the time.
//
//	err := study.Create(ctx, options, notify) // pictures and plan, into a folder
//	s, err := study.Open(dir)
//	session, err := s.Begin()                 // one participant, one algorithm
//	trial, err := s.Trial(session.ID)         // what to show next
//	feedback, err := s.Answer(session.ID, a)
//	report, err := study.Analyze(dir, study.DefaultAnalysis())
//
// # Protocol
//
// A session has 10 trials for practice, with feedback, and 40 that are scored,
// without. The real picture and the fake stand one after the other, a second each, in
// an order drawn for each trial. A participant judges one algorithm: the one that
// has had the fewest participants so far. Pictures repeat only when a session is
// longer than the set. With Options.Unpaired the two are of different pairs, as the
// paper did where a participant could compare them feature by feature.
//
// # What is kept
//
//	study.json        the plan: algorithms, pairs, numbers. It has the truth.
//	pictures/ID.png   real and made pictures under random names, through the same
//	                  resampling and the same encoder, so that nothing but the
//	                  pixels tells them apart
//	sessions/ID.jsonl a line a session and a line an answer, only ever appended to
//
// Nothing about a person is kept. The truth about a trial never leaves this package
// before it has been answered, and of scored trials not at all until [Analyze].
package study
