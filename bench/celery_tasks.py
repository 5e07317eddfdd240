# The peer of the bench `queue`: a task of Celery that runs a program; as a program it sends COUNT tasks and prints when the last had ended.
import json, os, subprocess, sys, time
from celery import Celery

app = Celery('celery_tasks', broker=os.environ['BROKER'], backend=os.environ['BROKER'])


@app.task(name='run')
def run(program):
    return subprocess.run([program], stdout=subprocess.PIPE, check=True, env={key: os.environ[key] for key in ('PATH', 'HOME')}).stdout.decode()


if __name__ == '__main__':
    program, count = sys.argv[1], int(sys.argv[2])
    began = time.monotonic()
    answers = [result.get(timeout=60) for result in [run.delay(program) for _ in range(count)]]
    print(json.dumps({'seconds': time.monotonic() - began, 'answers': sorted(set(answers))}))
