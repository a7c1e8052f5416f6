package msads

import (
	"cmp"
	"time"
)

// Pace is what was learned about a limit that the service does not publish: how
// many calls it accepts from one user in a minute. The zero Pace means that no
// limit is known. It can be kept for the next run of the same user at the same
// service, see [Gate.Pace] and [Gate.SetPace].
type Pace struct {
	PerMinute float64 `json:"per_minute"` // calls accepted per minute; 0 = not known
	Even      bool    `json:"even"`       // they have to be spread evenly; otherwise they may come all at once
}

// window is the time over which the service counts calls (services-protocol,
// Throttling: the calls per minute, in a sliding window of 60 s).
const window = time.Minute

const (
	// leastEvidence is how many calls must have been accepted in the minute before
	// a throttle for their number to be a limit, and the lowest rate that is
	// believed. A service that accepts fewer is overloaded, or counts the calls of
	// others too.
	leastEvidence = 10

	// longestPause is the longest pause that can belong to a limit per minute.
	longestPause = 2 * window

	// quiet is how long nothing is sent before a call that exceeds the pace. A
	// limit that refills continuously accepts it then; one that counts the calls
	// of the last minute does not.
	quiet = 5 * time.Second

	// A higher rate is tried when a throttle for it would cost less than one part
	// in riskTime of the time since the last throttle, and less than one of
	// riskCalls calls.
	riskTime  = 10
	riskCalls = 25

	// evenShare is the part of an even rate that is used, so that calls that
	// arrive unevenly do not exceed it.
	evenShare = 0.99
)

// pacer decides when the next call may be made. Until the service throttles, it
// knows of no limit and holds nothing back. It learns two kinds of limit:
//
//   - One that counts the calls of the last minute accepts as many calls at once
//     as it accepted in the minute before a throttle, and no more until those are
//     a minute old.
//   - One that refills continuously accepts calls at an even rate: that of the
//     calls which it accepted between two throttles.
//
// The service gives the second kind away by a Retry-After that ends long before
// the oldest call is a minute old, or by accepting a call while the minute is
// full. Everything else is taken for the first kind, which is the documented one.
//
// A pacer is guarded by the lock of its gate.
type pacer struct {
	gap   time.Duration // least time between two calls, as the caller wants it; 0 = none
	rate  float64       // calls per minute that are accepted; 0 = not known
	even  bool          // they have to be spread evenly
	given bool          // rate was learned by an earlier run, whose calls of the last minute still count

	first time.Time   // when the first call was made
	next  time.Time   // no call is made earlier, for gap or evenness
	last  time.Time   // when the last call was made
	done  []time.Time // when the calls of the last minute returned, oldest first

	// A limit that refills has nothing left at a throttle.
	empty time.Time // such a throttle
	taken int       // calls accepted since then

	since time.Time // the last throttle, the last rise of the rate, or the first call
	clean int       // calls accepted since then

	cost    time.Duration // the pause after the last throttle
	fails   int           // rises that were throttled
	step    float64       // the part by which the rate rose last; 0 once a throttle followed
	safe    float64       // the rate before that rise
	ceiling float64       // the even rate that was throttled last
	probing bool          // the call under way exceeds the pace, to see whether it is accepted
	counted bool          // rate is the number of calls accepted before the last throttle
	doubt   time.Time     // a throttle that may have had another reason; a second one soon after is believed
}

// pace is what was learned so far; a rise that is not proven yet is left out.
func (p *pacer) pace() Pace {
	if p.step > 0 {
		return Pace{p.safe, p.even}
	}
	return Pace{p.rate, p.even}
}

// due is the time from which one more call may be made while so many are under
// way. It is in the past if nothing holds the call back.
func (p *pacer) due(now time.Time, underWay int) time.Time {
	p.trim(now)
	over := len(p.done) + underWay - int(p.rate) // calls that must be a minute old first
	if p.rate == 0 || p.even || over < 0 || over >= len(p.done) {
		return p.next
	}
	at := p.done[over].Add(window)
	probe := p.last.Add(quiet)
	if underWay == 0 && probe.Before(at) && p.worth(probe, probe.Sub(p.done[0])) {
		at = probe
	}
	if at.Before(p.next) {
		at = p.next
	}
	return at
}

// worth reports whether to risk a throttle at a given time, at a given cost.
// Each rise that failed makes the next one four times as late, unless the rate
// is far below one that was throttled.
func (p *pacer) worth(at time.Time, cost time.Duration) bool {
	again := min(2*p.fails, 20)
	if p.rate < p.ceiling*0.9 {
		again = 0
	}
	return at.Sub(p.since) >= riskTime*cost<<again && p.clean >= riskCalls<<again
}

// trim forgets calls that are more than a minute old.
func (p *pacer) trim(now time.Time) {
	old := 0
	for old < len(p.done) && now.Sub(p.done[old]) >= window {
		old++
	}
	p.done = p.done[old:]
}

// start notes that a call is made while so many others are under way.
func (p *pacer) start(now time.Time, underWay int) {
	if p.first.IsZero() {
		p.first, p.since = now, now
	}
	p.last = now
	p.probing = p.rate > 0 && !p.even && len(p.done)+underWay >= int(p.rate)
	gap := p.gap
	if p.rate > 0 && p.even {
		gap = max(gap, time.Duration(float64(window)/(p.rate*evenShare)))
	}
	p.next = now.Add(gap)
}

// accepted notes that a call returned that was not throttled. late says that
// it was made before the last throttle.
func (p *pacer) accepted(now time.Time, late bool) {
	p.trim(now)
	p.done = append(p.done, now)
	p.taken++
	p.clean++
	if late && p.counted {
		p.rate++ // the throttle came between this call and its answer
	}
	if p.probing {
		p.probing, p.even = false, true
		p.rise(now)
	} else if p.even && p.mayRise(now) {
		p.rise(now)
	}
}

// mayRise reports whether to try a higher even rate: if the present one is used,
// soon after a rise that was right, and otherwise when it is worth the risk.
func (p *pacer) mayRise(now time.Time) bool {
	used := now.Sub(p.since)
	if p.step == 0 {
		used -= p.cost
	}
	switch {
	case float64(p.clean) < 0.8*p.rate*used.Minutes():
		return false
	case p.step > 0:
		return used >= min(10*cmp.Or(p.cost, window), window)
	}
	return p.worth(now, cmp.Or(p.cost, window))
}

// rise tries a higher even rate: 1 % higher, after a rise that was right 3 %,
// then 7 % and so on; but no more than half way to a rate that was throttled,
// until it is close to that one.
func (p *pacer) rise(now time.Time) {
	p.safe = p.rate
	p.step = min(2*p.step+0.01, 0.5)
	p.rate *= 1 + p.step
	if p.safe < p.ceiling*0.96 {
		p.rate = (p.safe + p.ceiling) / 2
	} else if p.rate > p.ceiling*1.5 {
		p.ceiling, p.fails = 0, 0
	}
	p.since, p.clean = now, 0
}

// refused learns from a throttle. pause is how long nothing will be sent, said
// what the service said about it.
func (p *pacer) refused(now time.Time, pause time.Duration, said advice) {
	p.trim(now)
	told := said == asksFor && pause <= window/4 // it cannot be the end of a minute
	if p.step > 0 || p.probing {
		p.fails++
	}
	p.counted = false
	earlier := p.given && now.Sub(p.first) < window
	switch {
	case pause > longestPause, earlier:
	case said == atOnce:
		// Whoever may try again at once has not exceeded a number per minute.
	case p.clean == 0 && p.step == 0 && !p.probing && (p.rate > 0 || !told):
		// No call was accepted since the last throttle: this is an outage.
	case p.rate == 0:
		p.learn(now, pause, told)
	case p.even:
		p.lower(now, told)
	default:
		p.recount(now)
	}
	p.step, p.probing, p.given = 0, false, false
	p.cost = max(pause, time.Second)
	p.since, p.clean = now, 0
	if !told || p.empty.IsZero() {
		p.empty, p.taken = now, 0
	}
}

// learn finds the first rate. A limit that refills needs two throttles, since
// nobody knows how much was left before the first.
func (p *pacer) learn(now time.Time, pause time.Duration, told bool) {
	seen := len(p.done)
	refills := told && seen > 0 && pause+time.Second < (window-now.Sub(p.done[0]))*4/5
	switch {
	case told && !p.empty.IsZero() && p.taken > 0:
		if rate := p.balance(now); rate >= leastEvidence { // fewer are accepted by a service in trouble
			p.rate, p.even = rate, true
		}
	case refills && p.empty.IsZero(): // the next throttle shows the rate
	case seen >= leastEvidence:
		p.rate, p.counted = float64(seen), true
	case p.clean > 0 && p.again(now):
		p.rate, p.even = leastEvidence, true
	}
}

// again reports whether there was a doubtful throttle a short time ago, and
// notes this one as doubtful.
func (p *pacer) again(now time.Time) bool {
	again := !p.doubt.IsZero() && now.Sub(p.doubt) < 10*window
	p.doubt = now
	return again
}

// balance is the rate of the calls accepted since the limit was empty.
func (p *pacer) balance(now time.Time) float64 {
	return float64(p.taken) / max(now.Sub(p.empty), time.Millisecond).Minutes()
}

// recount lowers the rate of a limit that counts the calls of the last minute.
// If that happens twice in a short time although the pace was kept, it is the
// burst that is refused, and calls are spread evenly from then on.
func (p *pacer) recount(now time.Time) {
	seen := float64(len(p.done))
	switch {
	case p.probing:
		p.rate = min(p.rate, seen)
	case p.again(now), seen < leastEvidence:
		p.even = true
	default:
		p.rate, p.counted = min(p.rate, seen), true
	}
}

// lower lowers an even rate: to what was accepted since the limit was empty if
// the service says when there is room again, to the rate before the rise that
// failed, or to what was accepted in the last minute.
func (p *pacer) lower(now time.Time, told bool) {
	p.ceiling = p.rate
	seen := float64(len(p.done))
	switch {
	case told && !p.empty.IsZero():
		p.rate = min(max(p.balance(now), p.rate/2), p.rate*0.98)
		p.ceiling = p.rate
	case p.step > 0:
		p.rate = p.safe
	case now.Sub(p.since) < p.cost+window:
		p.rate = min(max(float64(p.clean), p.rate*0.8), p.rate*0.97)
	default:
		p.rate = min(max(seen, p.rate*0.8), p.rate*0.97)
	}
	p.rate = max(p.rate, leastEvidence)
}
