package zone

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"vangnet/engine/mapi/charset"
)

// Sizes and marks of MS-OXOCAL 2.2.1.39 (the structure) and 2.2.1.41 (the definition).
const (
	structSize = 48
	ruleSize   = 66
	nameMax    = 260 // UTF-16 units
	rulesMax   = 1024

	major, minor  = 2, 1
	headReserved  = 2    // wReserved of the header
	ruleReserved  = 0x3E // wReserved of a rule
	flagRecurring = 1    // the rule that a series was made with
	flagEffective = 2    // the rule that holds for the item

	biasMax = 26 * 60 // minutes
)

// ErrBlob is wrapped by errors about bytes that are no time zone.
var ErrBlob = errors.New("not a time zone")

// DecodeDefinition reads PidLidAppointmentTimeZoneDefinition*: all rules of a
// zone with its name.
func DecodeDefinition(b []byte) (Zone, error) {
	if len(b) < 8 || b[0] != major {
		return Zone{}, fmt.Errorf("read time zone definition: %w", ErrBlob)
	}
	le := binary.LittleEndian
	units := int(le.Uint16(b[6:]))
	if units > nameMax || len(b) < 8+2*units+2 {
		return Zone{}, fmt.Errorf("read the name of a time zone: %w", ErrBlob)
	}
	z := Zone{Name: charset.DecodeUTF16(b[8 : 8+2*units])}
	b = b[8+2*units:]
	n := int(le.Uint16(b))
	b = b[2:]
	if n == 0 || n > rulesMax || len(b) < n*ruleSize {
		return Zone{}, fmt.Errorf("read %d rules of a time zone: %w", n, ErrBlob)
	}
	for ; n > 0; n, b = n-1, b[ruleSize:] {
		r, err := decodeRule(b[22:], 0)
		if err != nil {
			return Zone{}, err
		}
		r.Year = int(le.Uint16(b[6:]))
		z.Rules = append(z.Rules, r)
	}
	slices.SortStableFunc(z.Rules, func(a, b Rule) int { return a.Year - b.Year })
	return z, nil
}

// DecodeStruct reads PidLidTimeZoneStruct: one rule without name.
func DecodeStruct(b []byte) (Rule, error) {
	if len(b) < structSize {
		return Rule{}, fmt.Errorf("read time zone structure of %d bytes: %w", len(b), ErrBlob)
	}
	r, err := decodeRule(b, 2)
	r.Year = firstYear
	return r, err
}

// decodeRule reads three biases and two changes; gap bytes stand before each change.
func decodeRule(b []byte, gap int) (Rule, error) {
	bias := func(i int) int { return int(int32(binary.LittleEndian.Uint32(b[4*i:]))) }
	r := Rule{Bias: bias(0), StandardBias: bias(1), DaylightBias: bias(2)}
	for _, v := range []int{r.Bias, r.Bias + r.StandardBias, r.Bias + r.DaylightBias} {
		if v < -biasMax || v > biasMax {
			return Rule{}, fmt.Errorf("read a bias of %d minutes: %w", v, ErrBlob)
		}
	}
	var err error
	if r.Standard, err = decodeChange(b[12+gap:]); err != nil {
		return Rule{}, err
	}
	if r.Daylight, err = decodeChange(b[28+2*gap:]); err != nil {
		return Rule{}, err
	}
	return r, nil
}

// decodeChange reads a SYSTEMTIME.
func decodeChange(b []byte) (Change, error) {
	at := func(i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) }
	c := Change{Year: at(0), Month: at(1), Weekday: at(2), Day: at(3), Hour: at(4), Minute: at(5), Second: at(6), Milli: at(7)}
	if c.Month == 0 {
		return Change{}, nil
	}
	days := 5
	if c.Year != 0 {
		days = 31
	}
	if c.Month > 12 || c.Weekday > 6 || c.Day < 1 || c.Day > days || c.Hour > 24 || c.Minute > 59 || c.Second > 59 || c.Milli > 999 {
		return Change{}, fmt.Errorf("read a change of clocks: %w", ErrBlob)
	}
	return c, nil
}

// Definition writes the zone, its name cut to what fits. The rule of a year is
// marked as the one that holds, and for a recurring item as that of the series.
func (z Zone) Definition(year int, recurring bool) []byte {
	name := charset.EncodeUTF16(z.Name)
	name = name[:min(len(name), 2*nameMax)]
	rules := z.Rules[:min(len(z.Rules), rulesMax)]
	if len(rules) == 0 {
		rules = []Rule{{Year: firstYear}}
	}
	le := binary.LittleEndian
	b := []byte{major, minor}
	b = le.AppendUint16(b, uint16(6+len(name)))
	b = le.AppendUint16(b, headReserved)
	b = le.AppendUint16(b, uint16(len(name)/2))
	b = append(b, name...)
	b = le.AppendUint16(b, uint16(len(rules)))
	for i, r := range rules {
		var flags uint16
		if i == max(0, z.index(year)) {
			flags = flagEffective
			if recurring {
				flags |= flagRecurring
			}
		}
		b = append(b, major, minor)
		for _, v := range []uint16{ruleReserved, flags, uint16(r.Year)} {
			b = le.AppendUint16(b, v)
		}
		b = append(b, make([]byte, 14)...)
		b = r.append(b, 0)
	}
	return b
}

// Struct writes the rule as PidLidTimeZoneStruct.
func (r Rule) Struct() []byte { return r.append(nil, 2) }

func (r Rule) append(b []byte, gap int) []byte {
	le := binary.LittleEndian
	for _, v := range []int{r.Bias, r.StandardBias, r.DaylightBias} {
		b = le.AppendUint32(b, uint32(int32(v)))
	}
	for _, c := range []Change{r.Standard, r.Daylight} {
		b = append(b, make([]byte, gap)...)
		for _, v := range []int{c.Year, c.Month, c.Weekday, c.Day, c.Hour, c.Minute, c.Second, c.Milli} {
			b = le.AppendUint16(b, uint16(v))
		}
	}
	return b
}
