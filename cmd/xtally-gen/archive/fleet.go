package archive

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// mode is a binding mode of the privacy-number service.
type mode uint8

const (
	modeAXB mode = iota
	modeAX
	modeAXE
	modeAXYB
	modeX
	modeCount
)

func (m mode) String() string {
	return [modeCount]string{"AXB", "AX", "AXE", "AXYB", "X"}[m]
}

// serviceType is the mode as a record spells it; X shares AXB's.
func (m mode) serviceType() string {
	return [modeCount]string{"004", "003", "005", "007", "004"}[m]
}

// sendsSMS tells whether the mode carries messages.
func (m mode) sendsSMS() bool { return m == modeAXB || m == modeAX || m == modeX }

// modeWeights is how many numbers of 100 have each mode.
var modeWeights = [modeCount]int{50, 16, 12, 8, 14}

// xNumber is one privacy number of the account.
type xNumber struct {
	phone   phone
	text    string // with +86
	app     int
	mode    mode
	virtual bool // of a virtual carrier: other rent and message price
	partner int  // AXYB: the other number of the pair
	dialled int  // AXYB: the direction of a call that dials this number
}

// kind is the number's kind as reports spell it.
func (x *xNumber) kind() string {
	if x.virtual {
		return "virtual"
	}
	return "carrier"
}

// fleet is the account: its app keys and X numbers, and how busy each is.
type fleet struct {
	apps    []string
	numbers []xNumber
	upTo    []int // running sum of the numbers' weights
}

// prefixes are those the vendor gives out, carriers' first.
var prefixes = []struct {
	digits  uint64
	virtual bool
}{
	{130, false}, {131, false}, {186, false},
	{170, true}, {171, true}, {165, true}, {167, true},
}

// newFleet invents the account. Apps get numbers by 1/rank, so a few own most.
func newFleet(cfg Config, rng *rand.Rand) *fleet {
	f := &fleet{apps: make([]string, cfg.Apps)}
	for i := range f.apps {
		f.apps[i] = fmt.Sprintf("DEMOAPPKEY%020d", i+1)
	}
	for len(f.numbers) < cfg.Numbers {
		i := len(f.numbers)
		app := i // every app gets one first
		if i >= cfg.Apps {
			app = f.pickApp(rng)
		}
		m := mode(pickWeight(rng, modeWeights[:]))
		if m == modeAXYB && (i < cfg.Apps || i+1 == cfg.Numbers) {
			m = modeAXB // no room for a pair
		}
		f.add(app, m, rng)
		if m == modeAXYB {
			f.addPartner(app, rng)
		}
	}
	f.weigh(rng)
	return f
}

// pickApp picks an app by 1/rank.
func (f *fleet) pickApp(rng *rand.Rand) int {
	sum := 0.0
	for i := range f.apps {
		sum += 1 / float64(i+1)
	}
	at := rng.Float64() * sum
	for i := range f.apps {
		if at -= 1 / float64(i+1); at < 0 {
			return i
		}
	}
	return 0
}

// add appends one number. The step is coprime to 10^8, so no two numbers share
// their last eight digits.
func (f *fleet) add(app int, m mode, rng *rand.Rand) {
	const step, start = 38_197_903, 64_000_017
	i := len(f.numbers)
	prefix := prefixes[rng.IntN(len(prefixes))]
	p := phone(prefix.digits*100_000_000 + (start+uint64(i)*step)%100_000_000)
	f.numbers = append(f.numbers, xNumber{
		phone: p, text: string(appendPhone(nil, p)),
		app: app, mode: m, virtual: prefix.virtual,
	})
}

// addPartner appends the Y of an AXYB pair: B dials X (direction 0), A dials Y.
func (f *fleet) addPartner(app int, rng *rand.Rand) {
	x := len(f.numbers) - 1
	f.add(app, modeAXYB, rng)
	f.numbers[x].partner = x + 1
	f.numbers[x+1].partner, f.numbers[x+1].dialled = x, 1
}

// weigh gives each number its traffic, the busiest about six times the quietest.
func (f *fleet) weigh(rng *rand.Rand) {
	sum := 0
	f.upTo = make([]int, len(f.numbers))
	for i := range f.numbers {
		sum += 30 + rng.IntN(150)
		f.upTo[i] = sum
	}
}

// pick returns the index of a number by traffic.
func (f *fleet) pick(rng *rand.Rand) int {
	at := rng.IntN(f.upTo[len(f.upTo)-1])
	i, _ := slices.BinarySearch(f.upTo, at+1)
	return i
}

// pickWeight returns an index by weight.
func pickWeight(rng *rand.Rand, weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := rng.IntN(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}
