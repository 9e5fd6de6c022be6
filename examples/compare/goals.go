package main

// goal is a figure that is wanted to be at most, or at least, a limit.
type goal struct {
	number   int
	what     string
	unit     string
	atLeast  bool
	limit    float64
	stretch  float64 // what would be better still; 0 = nothing
	required bool
	figures  func(*results) ([]float64, error) // in each round
}

// goals are all of them, in order.
func goals() []goal {
	one := func(client string) key { return key{oneSubscription, client} }
	return []goal{
		{
			number: 1, required: true, atLeast: true, limit: 2.3, stretch: 2.5, unit: "×",
			what: "notes/s beside misskey-js",
			figures: func(r *results) ([]float64, error) {
				return r.ratio(one(misskeyActor), one(misskeyJS), outcome.perSecond)
			},
		}, {
			number: 1, required: true, atLeast: true, limit: 7, stretch: 8, unit: "×",
			what: "notes/s beside the Go bot of today",
			figures: func(r *results) ([]float64, error) {
				return r.ratio(one(misskeyActor), one(goBot), outcome.perSecond)
			},
		}, {
			number: 1, required: true, limit: 3, stretch: 2.2, unit: "×",
			what: "CPU per note beside reading alone",
			figures: func(r *results) ([]float64, error) {
				return r.ratio(one(misskeyActor), one(bare), outcome.perNote)
			},
		}, {
			number: 1, required: true, limit: 0,
			what: "notes that did not reach the handler",
			figures: func(r *results) ([]float64, error) {
				return r.figures(one(misskeyActor), func(o outcome) float64 { return float64(o.Lost) })
			},
		}, {
			number: 2, limit: 1.15, unit: "×",
			what: manyOnOne + ": CPU beside reading alone, beside goal 1's",
			figures: func(r *results) ([]float64, error) {
				return r.toGoal1(manyOnOne)
			},
		}, {
			number: 2, limit: 1.15, unit: "×",
			what: manySockets + ": CPU beside reading alone, beside goal 1's",
			figures: func(r *results) ([]float64, error) {
				return r.toGoal1(manySockets)
			},
		}, {
			number: 3, required: true, limit: 0.25, stretch: 0.2, unit: "×",
			what: "CPU of decoding a note beside encoding/json",
			figures: func(r *results) ([]float64, error) {
				return r.ratio(key{decoding, ourDecoder}, key{decoding, encodingJSON}, outcome.perNote)
			},
		}, {
			number: 3, required: true, limit: 16, stretch: 10,
			what: "allocations, decoding the median note",
			figures: func(r *results) ([]float64, error) {
				return r.figures(key{decoding, ourDecoder}, func(o outcome) float64 { return o.Allocations })
			},
		}, {
			number: 4, required: true, limit: 3 << 10, unit: "B",
			what: "bytes of a live subscription, over bare sockets",
			figures: func(r *results) ([]float64, error) {
				return r.idleCost(subscriptions, outcome.ownBytes)
			},
		}, {
			number: 4, required: true, limit: 2 << 10, unit: "B",
			what: "bytes of a capture, over bare sockets",
			figures: func(r *results) ([]float64, error) {
				return r.idleCost(captures, outcome.ownBytes)
			},
		}, {
			number: 4, required: true, limit: perItemGoroutines,
			what: "goroutines of a live subscription, over bare sockets",
			figures: func(r *results) ([]float64, error) {
				return r.idleCost(subscriptions, outcome.goroutines)
			},
		}, {
			number: 4, required: true, limit: perItemGoroutines,
			what: "goroutines of a capture, over bare sockets",
			figures: func(r *results) ([]float64, error) {
				return r.idleCost(captures, outcome.goroutines)
			},
		}, {
			number: 4, required: true, atLeast: true, limit: 100_000,
			what: "captures in one process",
			figures: func(r *results) ([]float64, error) {
				return r.figures(key{idling, captures}, func(o outcome) float64 { return float64(o.Items) })
			},
		}, {
			number: 5, limit: 3, unit: "×",
			what: "latency p50 beside a bare loop that decodes",
			figures: func(r *results) ([]float64, error) {
				return r.ratio(key{halfRate, misskeyActor}, key{halfRate, bareDecoding}, func(o outcome) float64 { return o.P50 })
			},
		}, {
			number: 5, limit: 3, unit: "×",
			what: "latency p99 beside a bare loop that decodes",
			figures: func(r *results) ([]float64, error) {
				return r.ratio(key{halfRate, misskeyActor}, key{halfRate, bareDecoding}, func(o outcome) float64 { return o.P99 })
			},
		}, {
			number: 6, limit: 0,
			what: "failures of overflow limits, containment, redaction",
			figures: func(r *results) ([]float64, error) {
				return r.figures(key{mistreated, safety}, func(o outcome) float64 { return float64(len(o.Failures)) })
			},
		}, {
			number: 7, limit: 1.3, unit: "×",
			what: "stripped size of quickstart beside its libraries alone",
			figures: func(r *results) ([]float64, error) {
				return r.ratio(key{building, quickstart}, key{building, libraries}, func(o outcome) float64 { return o.Bytes })
			},
		}, {
			number: 7, limit: 1.5, unit: "×",
			what: "compile time of quickstart beside its libraries alone",
			figures: func(r *results) ([]float64, error) {
				return r.ratio(key{building, quickstart}, key{building, libraries}, func(o outcome) float64 { return o.Seconds })
			},
		},
	}
}

// perItemGoroutines is less than one for each of 32 subscriptions and the writer
// that their socket has come to: no goroutine each.
const perItemGoroutines = 0.05

// toGoal1 returns how an arrangement's CPU, beside that of reading alone, compares
// to that of one subscription.
func (r *results) toGoal1(arrangement string) ([]float64, error) {
	there, err := r.ratio(key{arrangement, misskeyActor}, key{arrangement, bare}, outcome.perNote)
	if err != nil {
		return nil, err
	}
	one, err := r.ratio(key{oneSubscription, misskeyActor}, key{oneSubscription, bare}, outcome.perNote)
	if err != nil {
		return nil, err
	}
	return ratios(there, one), nil
}

// ownBytes are an outcome's bytes but for those that an actor system has for
// itself, once in a process.
func (o outcome) ownBytes() float64 { return o.Bytes - o.SystemBytes }

func (o outcome) goroutines() float64 { return float64(o.Goroutines) }

// idleCost is what one of the items costs over as many bare sockets as they take.
func (r *results) idleCost(items string, cost func(outcome) float64) ([]float64, error) {
	sockets, err := r.rounds(key{idling, bareSockets})
	if err != nil {
		return nil, err
	}
	rounds, err := r.rounds(key{idling, items})
	if err != nil {
		return nil, err
	}
	costs := make([]float64, min(len(sockets), len(rounds)))
	for i := range costs {
		socket := cost(sockets[i]) / float64(sockets[i].Items)
		costs[i] = (cost(rounds[i]) - socket*float64(rounds[i].Sockets)) / float64(rounds[i].Items)
	}
	return costs, nil
}

// verdict is what became of a goal.
type verdict struct {
	goal

	figure  summary
	missing error // why there is no figure; nil if there is
}

// judge judges the goals that were asked for.
func judge(s settings, r *results) []verdict {
	var verdicts []verdict
	for _, g := range goals() {
		if !s.wants(g.number) {
			continue
		}
		v := verdict{goal: g}
		if figures, err := g.figures(r); err != nil {
			v.missing = err
		} else {
			v.figure = summarize(figures)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// reached reports whether a median is within a limit.
func (g goal) reached(median, limit float64) bool {
	if g.atLeast {
		return median >= limit
	}
	return median <= limit
}
