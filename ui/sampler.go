package ui

import "time"

// sampleEvery is the width of one sample of the sparklines.
const sampleEvery = 2 * time.Second

// samplesMost bounds what is kept of throughput: four minutes.
const samplesMost = 120

// sampler adds bytes up in equal slices of time.
type sampler struct {
	from   time.Time
	values []float64 // bytes a second
}

func (s *sampler) add(at time.Time, bytes int64) {
	if s.from.IsZero() {
		s.from = at.Truncate(sampleEvery)
	}
	i := int(at.Sub(s.from) / sampleEvery)
	if i < 0 {
		return
	}
	if skip := i - samplesMost + 1; skip > 0 {
		s.values = s.values[min(skip, len(s.values)):]
		s.from = s.from.Add(time.Duration(skip) * sampleEvery)
		i -= skip
	}
	for len(s.values) <= i {
		s.values = append(s.values, 0)
	}
	s.values[i] += float64(bytes) / sampleEvery.Seconds()
}

// rateOver is the time that a rate is the mean of.
const rateOver = 30 * time.Second

// rate is the mean of the last 30 seconds before now, in bytes a second. Slices
// in which nothing came count as zero.
func (s *sampler) rate(now time.Time) float64 {
	end := int(now.Sub(s.from)/sampleEvery) + 1 // slices until now
	n := int(rateOver / sampleEvery)
	from := max(0, end-n)
	if s.from.IsZero() || from >= len(s.values) || end <= 0 {
		return 0
	}
	sum := 0.0
	for _, v := range s.values[from:min(len(s.values), end)] {
		sum += v
	}
	return sum / float64(min(n, end))
}

// mean is the mean of all samples that are held, in bytes a second.
func (s *sampler) mean() float64 {
	sum := 0.0
	for _, v := range s.values {
		sum += v
	}
	return sum / float64(max(1, len(s.values)))
}
