# Plain go commands; see docs/performance.md for the benchmarks.

.PHONY: build test bench

build:
	go build -trimpath -o orabak-tui .

test:
	go test -race ./...

# The table of docs/performance.md. It takes about half an hour, 5 GiB of
# memory and a machine that does nothing else. ROUNDS and MIB make it shorter.
ROUNDS = 5
MIB = 2048
bench:
	go test ./internal/bench -run '^$$' -bench . -benchtime 1x -timeout 2h -args -rounds $(ROUNDS) -mib $(MIB)
	go test ./s3store ./restore ./internal/run -run '^$$' -bench 'List|Plan|Emit'
