package archive

import "math/rand/v2"

// stage is how far a call got that nobody answered.
type stage uint8

const (
	stageRefused stage = iota // the platform refused it: nothing was forwarded
	stageRouted               // forwarded, the callee's phone did not ring
	stageRang                 // the callee's phone rang
)

// unlistedCode is a release code no table of the vendor lists.
const unlistedCode = 9999

// cause is one way a call can fail, with the Q.850 and SIP values that fit it.
type cause struct {
	weight     int
	code       int
	q850, sip  int
	stage      stage
	modes      modeSet // where it can happen
	hasBinding bool
}

type modeSet uint8

const (
	onAXB  = modeSet(1) << modeAXB
	onAX   = modeSet(1) << modeAX
	onAXE  = modeSet(1) << modeAXE
	onAXYB = modeSet(1) << modeAXYB
	onX    = modeSet(1) << modeX
	onAll  = onAXB | onAX | onAXE | onAXYB | onX
)

var causes = []cause{
	{240, 8102, 17, 486, stageRouted, onAll, true},
	{230, 8101, 19, 480, stageRang, onAll, true},
	{120, 7502, 16, 487, stageRang, onAll, true},
	{70, 7501, 16, 487, stageRouted, onAll, true},
	{80, 7504, 21, 603, stageRang, onAll, true},
	{40, 7503, 21, 603, stageRang, onAll, true},
	{45, 8104, 20, 480, stageRouted, onAll, true},
	{35, 8103, 20, 480, stageRouted, onAll, true},
	{25, 8105, 27, 480, stageRouted, onAll, true},
	{25, 8100, 1, 404, stageRouted, onAll, true},
	{25, 8035, 18, 408, stageRang, onAll, true},
	{15, 8003, 18, 480, stageRang, onAll, true},
	{10, 7506, 38, 503, stageRouted, onAll, true},
	{8, 7505, 41, 503, stageRouted, onAll, true},
	{6, 7508, 3, 503, stageRouted, onAll, true},
	{6, 8011, 31, 500, stageRouted, onAll, true},
	{4, 522, 42, 503, stageRefused, onAll, true},
	{4, 7109, 42, 503, stageRefused, onAll, true},
	{6, 8047, 0, 403, stageRefused, onAll, true},
	{4, 8055, 0, 403, stageRefused, onAll, true},
	{5, 8059, 21, 403, stageRouted, onAll, true},
	{60, 8014, 0, 0, stageRefused, onAXB | onX, false},
	{25, 8018, 0, 0, stageRefused, onAX, false},
	{20, 8013, 0, 0, stageRefused, onAX, true},
	{40, 8022, 0, 0, stageRefused, onAXE, false},
	{60, 7516, 0, 487, stageRefused, onAXE, true},
	{30, 8033, 0, 0, stageRefused, onAXE, true},
	{40, 8030, 0, 0, stageRefused, onAXYB, false},
	{4, unlistedCode, 0, 0, stageRouted, onAll, true},
	// The vendor's "normal" without an answer: inconsistent, and it happens.
	{3, 0, 0, 0, stageRang, onAll, true},
}

// causeTable picks causes of a mode in constant time.
type causeTable [modeCount][]uint8

func newCauseTable() *causeTable {
	var t causeTable
	for i, c := range causes {
		for m := range modeCount {
			if c.modes&(1<<m) == 0 {
				continue
			}
			for range c.weight {
				t[m] = append(t[m], uint8(i))
			}
		}
	}
	return &t
}

func (t *causeTable) pick(m mode, rng *rand.Rand) *cause {
	return &causes[t[m][rng.IntN(len(t[m]))]]
}
