const form = document.getElementById('form');
const model = document.getElementById('model');
const message = document.getElementById('message');
const result = document.getElementById('result');

const { models } = await (await fetch('/v1/models')).json();
for (const m of models) model.add(new Option(m.id, m.id));
if (models.length === 0) message.textContent = 'There is no model yet: start easel serve with --model.';

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  message.textContent = '…';
  const file = document.getElementById('picture').files[0];
  const answer = await fetch(`/v1/translate?model=${encodeURIComponent(model.value)}`, { method: 'POST', body: file });
  if (!answer.ok) {
    const problem = await answer.json();
    message.textContent = [problem.detail, problem.hint].filter(Boolean).join('; ');
    return;
  }
  message.textContent = '';
  URL.revokeObjectURL(result.src);
  result.src = URL.createObjectURL(await answer.blob());
  result.alt = `${file.name}, translated by ${model.value}`;
  result.hidden = false;
});
