.PHONY: demo test
demo:
	python3 start.py demo
test:
	python3 start.py test
