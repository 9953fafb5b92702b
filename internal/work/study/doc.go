// Package study is the papers' perceptual study (Isola et al. 2017, §4.1): people see a
// real and a generated picture for a second each, and say which one is generated. The
// measure is how often they are wrong; a perfect fake fools them half of the time.
//
//	err := study.Create(ctx, options, notify) // pictures and plan, into a folder
//	s, err := study.Open(dir)
//	session, err := s.Begin(word)             // one participant, one algorithm
//	trial, err := s.Trial(session.ID)         // what to show next
//	feedback, err := s.Answer(session.ID, a)
//	report, err := study.Analyze(dir, study.DefaultAnalysis())
//
// # Protocol
//
// A session has 10 practice trials with feedback, then 40 scored ones without. The real
// picture and the fake are shown one after the other, a second each, in an order drawn for
// each trial. A participant judges one algorithm: the one with the fewest participants who
// have finished or are at it. Who comes back continues where they were. Pictures repeat only if a session is longer than the set. With Options.Unpaired the
// two come from different pairs, as in the paper where participants could otherwise compare
// them feature by feature.
//
// # What is kept
//
//	study.json        the plan: algorithms, pairs, numbers, and the truth
//	pictures/ID.png   real and generated pictures under random names, with the same
//	                  resampling and the same encoder, so that only their pixels
//	                  differ
//	sessions/ID.jsonl a line for the session and one per answer, only appended to
//
// No personal data are kept: of the word by which a participant is recognised, only a hash. The truth about a trial does not leave this package before the
// answer, and for scored trials not before [Analyze].
package study
