"""How far a later key of the indexes or of the codes has been laid over what there was (docs/adr/0036). One small table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0004_legal_hold'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeyMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ring', models.CharField(max_length=8)),
                ('key_id', models.CharField(max_length=8)),
                ('moved_to', models.CharField(blank=True, max_length=64, verbose_name='移到哪里')),
            ],
            options={
                'verbose_name': '换密钥',
                'constraints': [models.UniqueConstraint(fields=('ring', 'key_id'), name='keymove_once')],
            },
        ),
    ]
