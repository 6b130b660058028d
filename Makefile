# Each target is one command; `python3 dev.py` works the same where make is missing. PORT= changes the port.
PYTHON ?= python3
.PHONY: run test check bench coverage drill reset sbom month feedback-month
.PHONY: audit images deploy
.PHONY: test-authz test-race test-faults fuzz audit-verify load-ratio
run: ; @$(PYTHON) dev.py run
test: ; @$(PYTHON) dev.py test $(ARGS)
check: ; @$(PYTHON) dev.py check
bench: ; @$(PYTHON) dev.py bench $(ARGS)
coverage: ; @$(PYTHON) dev.py coverage $(ARGS)
drill: ; @$(PYTHON) dev.py drill $(ARGS)
test-authz test-race test-faults fuzz audit-verify load-ratio: ; @$(PYTHON) dev.py $@ $(ARGS)
audit images deploy: ; @$(PYTHON) dev.py $@ $(ARGS)
sbom: ; @$(PYTHON) dev.py sbom $(ARGS)
reset: ; @$(PYTHON) dev.py reset
month: ; @LONG_MONTH=1 $(PYTHON) dev.py test tests/payments/test_month.py -s
feedback-month: ; @LONG_MONTH=1 $(PYTHON) dev.py test tests/feedback/test_month.py -s
