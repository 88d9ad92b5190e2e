package xtally_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// The second opinion on a charge: the rules of money once more, in plain Go
// and whole numbers, over the calls and tables of a random account. It shares
// nothing with the models but the documented rules.

// usage is one charge of an account: a call, a message or a number's rent.
type usage struct {
	id, item, app, x, kind, mode string
	answered                     bool
	quantity                     int64     // started minutes, messages, or 1
	at                           time.Time // when it is settled
	known                        time.Time // of its record
	charged                      bool      // a message of another result is none
}

func (u usage) hour() time.Time  { return u.at.Truncate(time.Hour) } // of wall clock written as UTC
func (u usage) month() time.Time { return monthOf(u.at) }

func monthOf(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }

// price is one row of a price table; line 0 is the list.
type price struct {
	line                  int
	item, kind, app, mode string
	microCNY              int64 // 1e-6 CNY
	discount              int64 // 1e-4
	from, to              time.Time
}

func (p price) net() int64 { return p.microCNY * p.discount } // 1e-10 CNY

const fen = 1e8 // in 1e-10 CNY

// pack is one item of a package.
type pack struct {
	id, item     string
	bought       int64
	starts, ends time.Time
}

// held is a row of the number table.
type held struct {
	x, kind, app     string
	issued, returned time.Time
}

// account is all that a charge depends on.
type account struct {
	usage   []usage // calls and messages, times in Beijing
	prices  []price
	packs   []pack
	numbers []held
}

// priceOf returns the most specific price at the beginning of the hour: of the
// table, then by app, mode, kind.
func (a account) priceOf(u usage) price {
	item := strings.SplitN(u.item, "_", 2)[0]
	mode := u.mode
	if item != "call" {
		mode = ""
	}
	var best price
	var bestScore int
	for _, p := range a.prices {
		if p.item != item || p.app != "" && p.app != u.app || p.mode != "" && p.mode != mode || p.kind != "" && p.kind != u.kind ||
			u.hour().Before(p.from) || !u.hour().Before(p.to) {
			continue
		}
		score := 1
		for i, specific := range []bool{p.kind != "", p.mode != "", p.app != "", p.line > 0} {
			if specific {
				score += 2 << i
			}
		}
		if score > bestScore {
			best, bestScore = p, score
		}
	}
	return best
}

// rents returns what each number pays: for every month of use, and for those
// between the first and the last record, used or not.
func (a account) rents() []usage {
	uses := map[time.Time]map[string]map[string]int{} // month, number, app
	first, last := a.usage[0].known, a.usage[0].known
	for _, u := range a.usage {
		if u.known.Before(first) {
			first = u.known
		}
		if u.known.After(last) {
			last = u.known
		}
	}
	for m := monthOf(first); !m.After(last); m = m.AddDate(0, 1, 0) {
		uses[m] = map[string]map[string]int{}
	}
	for _, u := range a.usage {
		m := u.month()
		if uses[m] == nil {
			uses[m] = map[string]map[string]int{}
		}
		if uses[m][u.x] == nil {
			uses[m][u.x] = map[string]int{}
		}
		uses[m][u.x][u.app]++
	}
	var all []usage
	for m, numbers := range uses {
		listed := map[string]bool{}
		for _, n := range a.numbers {
			listed[n.x] = true
			issuedNow := monthOf(n.issued).Equal(m)
			gone := !n.returned.IsZero() && !n.returned.After(m.AddDate(0, -1, 24))
			if !n.issued.Before(m.AddDate(0, 1, 0)) || gone && !issuedNow {
				continue
			}
			app, at := n.app, m
			if app == "" {
				app = topApp(numbers[n.x])
			}
			if issuedNow {
				at = n.issued
			}
			all = append(all, usage{id: n.x, item: "rent_" + n.kind, app: app, x: n.x, kind: n.kind, mode: "RENT", quantity: 1, at: at, charged: true})
		}
		for x, apps := range numbers {
			if kind := guessedKind(x); !listed[x] {
				all = append(all, usage{id: x, item: "rent_" + kind, app: topApp(apps), x: x, kind: kind, mode: "RENT", quantity: 1, at: m, charged: true})
			}
		}
	}
	return all
}

func topApp(apps map[string]int) string {
	best := "(none)"
	for _, app := range slices.Sorted(maps.Keys(apps)) {
		if apps[app] > apps[best] {
			best = app
		}
	}
	return best
}

func guessedKind(x string) string {
	if strings.HasPrefix(x, "+86170") {
		return "virtual"
	}
	return "carrier"
}

// draws says what each package gave, by package, item and hour.
func (a account) draws() map[string]int64 {
	asked := map[string]map[time.Time]int64{}
	for _, u := range a.usage {
		if u.charged && (u.item == "call" || u.item == "sms_virtual") {
			if asked[u.item] == nil {
				asked[u.item] = map[time.Time]int64{}
			}
			asked[u.item][u.hour()] += u.quantity
		}
	}
	packs := slices.Clone(a.packs)
	slices.SortFunc(packs, func(p, q pack) int {
		return cmp.Or(p.ends.Compare(q.ends), p.starts.Compare(q.starts), cmp.Compare(p.id, q.id))
	})
	drawn := map[string]int64{}
	for item, hours := range asked {
		for _, hour := range slices.SortedFunc(maps.Keys(hours), time.Time.Compare) {
			for i, p := range packs {
				if p.item != item || hour.Before(p.starts) || !hour.Before(p.ends) {
					continue
				}
				if n := min(p.bought, hours[hour]); n > 0 {
					packs[i].bought -= n
					hours[hour] -= n
					drawn[fmt.Sprintln(p.id, item, hour.Format(time.DateTime))] = n
				}
			}
		}
	}
	return drawn
}

// share splits a whole by weights, largest remainder, ties by order given.
func share(whole int64, weights []int64) []int64 {
	var sum int64
	for _, w := range weights {
		sum += w
	}
	parts, order := make([]int64, len(weights)), make([]int, len(weights))
	left := whole
	for i, w := range weights {
		order[i] = i
		if sum > 0 {
			parts[i] = w * whole / sum
		}
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(i, j int) int {
		if sum == 0 {
			return 0
		}
		return cmp.Compare(weights[j]*whole%sum, weights[i]*whole%sum)
	})
	for _, i := range order[:min(int(left), len(order))] {
		parts[i]++
	}
	return parts
}

// fens cuts amounts (1e-10 CNY) to fen that add up to a whole, largest
// remainder, ties by order given.
func fens(whole int64, amounts []int64) []int64 {
	parts, order := make([]int64, len(amounts)), make([]int, len(amounts))
	left := whole
	for i, a := range amounts {
		parts[i], order[i] = a/fen, i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(amounts[j]%fen, amounts[i]%fen) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

// part is what one app, X number and mode has of an hour at one price.
type part struct {
	app, x, mode                  string
	quantity, fromPackage, amount int64 // amount in fen
	units                         []usage
}

// settled is one hour, item and price of the account, split to its parts.
type settled struct {
	hour                          time.Time
	item                          string
	price                         price
	quantity, fromPackage, amount int64 // amount in fen
	residue                       int64 // 1e-10 CNY
	parts                         []part
}

// settle charges the account hour by hour and splits each hour by the rule.
func (a account) settle(splitRule string) []settled {
	drawn := map[string]int64{} // by item and hour
	for key, n := range a.draws() {
		drawn[strings.SplitN(key, " ", 2)[1]] += n
	}
	hours := map[string]map[int]*settled{} // item and hour, then price line
	for _, u := range slices.Concat(a.usage, a.rents()) {
		if !u.charged {
			continue
		}
		key, p := fmt.Sprintln(u.item, u.hour().Format(time.DateTime)), a.priceOf(u)
		if hours[key] == nil {
			hours[key] = map[int]*settled{}
		}
		if hours[key][p.line] == nil {
			hours[key][p.line] = &settled{hour: u.hour(), item: u.item, price: p}
		}
		s := hours[key][p.line]
		s.quantity += u.quantity
		s.add(u)
	}
	var all []settled
	for key, byLine := range hours {
		lines := slices.Sorted(maps.Keys(byLine))
		quantities := make([]int64, len(lines))
		for i, line := range lines {
			quantities[i] = byLine[line].quantity
		}
		for i, n := range share(drawn[key], quantities) {
			s := byLine[lines[i]]
			s.fromPackage = n
			exact := (s.quantity - n) * s.price.net()
			s.amount, s.residue = exact/fen, exact%fen
			s.split(splitRule)
			all = append(all, *s)
		}
	}
	return all
}

// add puts a unit into its part.
func (s *settled) add(u usage) {
	i := slices.IndexFunc(s.parts, func(p part) bool { return p.app == u.app && p.x == u.x && p.mode == u.mode })
	if i < 0 {
		i = len(s.parts)
		s.parts = append(s.parts, part{app: u.app, x: u.x, mode: u.mode})
	}
	s.parts[i].quantity += u.quantity
	s.parts[i].units = append(s.parts[i].units, u)
}

// split gives the hour's package and fen to apps first, then to their parts.
func (s *settled) split(rule string) {
	slices.SortFunc(s.parts, func(p, q part) int {
		return cmp.Or(cmp.Compare(p.app, q.app), cmp.Compare(p.x, q.x), cmp.Compare(p.mode, q.mode))
	})
	if rule == "first_come" {
		s.serve()
	}
	var apps [][]part
	for i, p := range s.parts {
		if i == 0 || p.app != s.parts[i-1].app {
			apps = append(apps, nil)
		}
		apps[len(apps)-1] = append(apps[len(apps)-1], p)
	}
	sum := func(of func(part) int64) []int64 {
		sums := make([]int64, len(apps))
		for i, parts := range apps {
			for _, p := range parts {
				sums[i] += of(p)
			}
		}
		return sums
	}
	quantity := func(p part) int64 { return p.quantity }
	exact := func(p part) int64 { return (p.quantity - p.fromPackage) * s.price.net() }
	if rule != "first_come" {
		for i, n := range share(s.fromPackage, sum(quantity)) {
			for j, m := range share(n, each(apps[i], quantity)) {
				apps[i][j].fromPackage = m
			}
		}
	}
	for i, n := range fens(s.amount, sum(exact)) {
		for j, m := range fens(n, each(apps[i], exact)) {
			apps[i][j].amount = m
		}
	}
	s.parts = slices.Concat(apps...)
}

// serve gives the package to units in the order they ended.
func (s *settled) serve() {
	type unit struct {
		usage
		part int
	}
	var queue []unit
	for i, p := range s.parts {
		for _, u := range p.units {
			queue = append(queue, unit{u, i})
		}
	}
	slices.SortFunc(queue, func(u, v unit) int {
		return cmp.Or(u.at.Compare(v.at), cmp.Compare(u.app, v.app), cmp.Compare(u.id, v.id))
	})
	left := s.fromPackage
	for _, u := range queue {
		n := min(left, u.quantity)
		s.parts[u.part].fromPackage += n
		left -= n
	}
}

func each(parts []part, of func(part) int64) []int64 {
	all := make([]int64, len(parts))
	for i, p := range parts {
		all[i] = of(p)
	}
	return all
}
